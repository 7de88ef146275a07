"""How long a contract lasts, and when it ends after a notice.

A day on which a contract ends is the first day without it, as everywhere: one that ends on 1 July was in force for the
last time on 30 June.

Worked examples, a contract since 15 May 2026:

    24 months                                          ends on 15 May 2028 by itself, in force until 14 May
    24 months, then indefinite; notice on 2 Feb 2028
      of 1 month from the next month                   runs out on 1 April, the term on 15 May: ends on 15 May 2028
    indefinite, at least 12 months; notice of the customer on 20 June 2026
      of 1 month from the next month                   runs out on 1 August 2026, bound until 15 May 2027: ends then
    the same notice of the operator                    ends on 1 August 2026: the minimum binds the customer alone
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.spans import ONE_DAY
from billing_core.time.periods import Grid

Party = Literal["customer", "operator"]
CountedFrom = Literal["next-month", "day"]
MOST_MONTHS = 120
MOST_NOTICE_MONTHS = 36
MOST_NOTICE_DAYS = 366


class NoticePeriod(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """How long a contract lasts after a notice: months or days, counted from the first day of the next month, or from
    the day after the notice.
    """

    months: int = 0
    days: int = 0
    counted_from: CountedFrom = "next-month"


class Term(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """How long a contract lasts: `fixed_months`, or indefinitely if they are 0.

    After a fixed term it ends by itself, unless it `goes_on` indefinitely. The customer is bound for `minimum_months`.
    """

    fixed_months: int = 0
    goes_on: bool = False
    minimum_months: int = 0
    notice: NoticePeriod = NoticePeriod(months=1)

    @property
    def is_fixed(self) -> bool:
        return self.fixed_months > 0


def require_term(term: Term) -> None:
    """A term of up to ten years, and a notice period in months or in days."""
    for field, months in (("fixed months", term.fixed_months), ("minimum months", term.minimum_months)):
        if not 0 <= months <= MOST_MONTHS:
            raise InvalidValue(f"must be 0 to {MOST_MONTHS}", field=field, value=months)
    if term.goes_on and not term.is_fixed:
        raise InvalidValue("an indefinite contract goes on anyway; name its fixed months", field="goes on", value=True)
    notice = term.notice
    if not 0 <= notice.months <= MOST_NOTICE_MONTHS:
        raise InvalidValue(f"must be 0 to {MOST_NOTICE_MONTHS}", field="notice months", value=notice.months)
    if not 0 <= notice.days <= MOST_NOTICE_DAYS:
        raise InvalidValue(f"must be 0 to {MOST_NOTICE_DAYS}", field="notice days", value=notice.days)
    if notice.months and notice.days:
        raise InvalidValue("is counted in months or in days, not in both", field="notice days", value=notice.days)


def months_later(on: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month: 31 January, one month on, 28 February."""
    return Grid(1, 0, on, on.day).boundary(months)


def fixed_until(begins_on: date, term: Term) -> date | None:
    """The first day after the fixed term; None for an indefinite contract."""
    return months_later(begins_on, term.fixed_months) if term.is_fixed else None


def ends_by_itself(begins_on: date, term: Term) -> date | None:
    """The day on which a contract ends without a notice; None if it goes on."""
    return None if term.goes_on else fixed_until(begins_on, term)


def bound_until(begins_on: date, term: Term, by: Party) -> date:
    """The first day on which a party's notice may end the contract: both are bound by a fixed term, and the customer
    by the minimum too.
    """
    months = max(term.fixed_months, term.minimum_months if by == "customer" else 0)
    return months_later(begins_on, months)


def runs_out_on(given_on: date, notice: NoticePeriod) -> date:
    """The first day after the notice period.

    1 month from the next month, on 14 May      June is worked out           1 July
    1 month from the next month, on 31 May      the same: no day is lost     1 July
    1 month from the day, on 14 May             up to and with 14 June       15 June
    1 month from the day, on 31 January         up to and with 28 February   1 March
    30 days from the day, on 14 May             up to and with 13 June       14 June
    no period from the day, on 14 May           up to and with 14 May        15 May
    """
    if notice.counted_from == "next-month":
        begins_on = Grid(1, 0, given_on.replace(day=1), 1).boundary(1)
        return months_later(begins_on, notice.months) + timedelta(days=notice.days)
    return months_later(given_on, notice.months) + timedelta(days=notice.days) + ONE_DAY


def ends_on_by_notice(begins_on: date, term: Term, given_on: date, by: Party) -> date:
    """The day on which a contract ends after a notice: when the period has run out and the party is bound no more.

    A fixed term that ends by itself ends then at the latest.
    """
    ends_on = max(runs_out_on(given_on, term.notice), bound_until(begins_on, term, by))
    by_itself = ends_by_itself(begins_on, term)
    return ends_on if by_itself is None else min(ends_on, by_itself)

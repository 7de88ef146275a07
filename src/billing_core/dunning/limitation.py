"""Limitation: the day from which an item can no longer be enforced against a debtor who objects.

Each country has its term. It runs from the day after the due date, or from the end of the year of the due date. If the
debtor acknowledges the debt, a new term runs from that day. If the claim was filed at a court, nothing lapses until a
later acknowledgement. The seller's own term comes before the country's.

Worked example, due on 31 March 2026:

    Czech Republic   3 years from the due date                   lapses on 1 April 2029
      acknowledged on 10 June 2026: 10 years from then           lapses on 11 June 2036
      filed on 10 June 2026                                      does not lapse
    Germany          3 years from the end of 2026                lapses on 1 January 2030
    Poland           3 years from the end of 2026                lapses on 1 January 2030

The terms are those of a contract for services with a consumer, as of 2026; a lawyer of the seller checks them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

import msgspec

from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.kernel.events import Event, event
from billing_core.kernel.spans import ONE_DAY
from billing_core.parties.details import require_text
from billing_core.payments.ledger import OpenItem

MOST_YEARS = 30
How = Literal["acknowledged", "filed"]

# --- values and events


class LimitationTerm(msgspec.Struct, frozen=True, kw_only=True):
    """After how many years an item lapses, counted from its due date or the end of that year; and once acknowledged."""

    years: int
    counts_from: Literal["due", "year-end"] = "due"
    years_acknowledged: int


def _term(years: int, acknowledged: int, counts_from: Literal["due", "year-end"] = "due") -> LimitationTerm:
    return LimitationTerm(years=years, counts_from=counts_from, years_acknowledged=acknowledged)


# Civil codes: CZ §§ 629, 639; SK §§ 101, 110; DE §§ 195, 199, 212; AT §§ 1486, 1497; PL arts. 118, 124;
# BG art. 111 and 117 of the law of obligations; AM art. 332; RU arts. 196, 203.
STATUTORY: Mapping[str, LimitationTerm] = {
    "CZ": _term(3, 10), "SK": _term(3, 10), "DE": _term(3, 3, "year-end"), "AT": _term(3, 3),
    "PL": _term(3, 3, "year-end"), "BG": _term(3, 3), "AM": _term(3, 3), "RU": _term(3, 3),
}  # fmt: skip


@event("limitation-term-set")
class LimitationTermSet(Event, frozen=True, kw_only=True):
    """From now on the items of a seller lapse by this term; by that of its country if none is named."""

    seller: str
    term: LimitationTerm | None


@event("limitation-renewed")
class LimitationRenewed(Event, frozen=True, kw_only=True):
    """On `effective_on` the debtor acknowledged an item, or its claim was filed, on record under a reference."""

    invoice: str
    how: How
    reference: str


class Renewal(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The last thing that gave an item another limitation date."""

    on: date
    how: How


# --- decisions


def apply_term(state: LimitationTerm | None, fact: Event) -> LimitationTerm | None:
    """Fold one event of a seller's own term."""
    return fact.term if isinstance(fact, LimitationTermSet) else state


def term_of(own: LimitationTerm | None, country: str) -> LimitationTerm | None:
    """The term of a seller: its own, else that of its country; None if neither is known."""
    return own or STATUTORY.get(country)


def lapses_on(due_on: date, renewal: Renewal | None, term: LimitationTerm) -> date | None:
    """The first day on which an item has lapsed; None if it does not lapse."""
    if renewal is None:
        begins_on = date(due_on.year, 12, 31) if term.counts_from == "year-end" else due_on
        return _years_after(begins_on, term.years) + ONE_DAY
    if renewal.how == "filed":
        return None
    return _years_after(renewal.on, term.years_acknowledged) + ONE_DAY


def lapsed_if_due_by(until_on: date, term: LimitationTerm) -> date:
    """The last due date of an item that has lapsed by a day, unless it was renewed.

    lapsed by 1 April 2029, 3 years from the due date          due by 31 March 2026
    lapsed by 1 April 2029, 3 years from the end of the year   due by 31 December 2025
    """
    begins_on = _years_before(until_on, term.years)
    return (date(begins_on.year, 1, 1) if term.counts_from == "year-end" else begins_on) - ONE_DAY


def lapsed_if_acknowledged_by(until_on: date, term: LimitationTerm) -> date:
    """The last day of an acknowledgement whose new term has ended by a day."""
    return _years_before(until_on, term.years_acknowledged) - ONE_DAY


def set_term(known: LimitationTerm | None, seller: str, term: LimitationTerm | None, on: date) -> list[Event]:
    """A term of whole years, or none; the one that holds already changes nothing."""
    for years in () if term is None else (term.years, term.years_acknowledged):
        if not 1 <= years <= MOST_YEARS:
            raise InvalidValue(f"must be 1 to {MOST_YEARS}", field="years", value=years)
    return [] if term == known else [LimitationTermSet(effective_on=on, seller=seller, term=term)]


def renew(open_items: Mapping[str, OpenItem], fact: LimitationRenewed, today: date) -> list[Event]:
    """Note an acknowledgement or a filing of an open item, of today or earlier."""
    require_text(fact.reference, "reference")
    if fact.invoice not in open_items:
        raise NotFound("the account has no open invoice of this number", field="invoice", value=fact.invoice)
    if fact.effective_on > today:
        raise InvalidValue(f"is after today, {today}", field="day of renewal", value=fact.effective_on)
    return [fact]


def _years_after(on: date, years: int) -> date:
    """The same day some years later; 29 February becomes the 28th."""
    try:
        return on.replace(year=on.year + years)
    except ValueError:
        return on.replace(year=on.year + years, day=28)


def _years_before(on: date, years: int) -> date:
    """The same day some years earlier; 29 February becomes 1 March."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return on.replace(year=on.year - years, month=3, day=1)

"""Terms of a tariff under which a customer may pause the service.

Decides whether such terms can be kept to; whether a pause keeps to them is decided with the service.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from billing_core.kernel.errors import InvalidValue

DAYS_OF_LEAP_YEAR = 366


class HoldTerms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How long a customer may pause the service, how many days of a calendar year in all, and what it costs.

    `charge_percent` of the recurring fees is charged meanwhile; a fee for each hold is a one-off component at a hold, a
    price per day a fee `while_held`. It is asked for `notice_days` before its first day, without anything overdue
    unless `with_debt`. It may be repeated every year if it is `yearly`.
    """

    least_days: int = 1
    most_days: int | None = None
    most_days_a_year: int | None = None
    charge_percent: Decimal = Decimal(0)
    notice_days: int = 0
    with_debt: bool = False
    yearly: bool = False


def require_hold_terms(terms: HoldTerms | None, place: str) -> None:
    """Terms that can be kept to; none at all are fine."""
    if terms is None:
        return
    most, a_year, percent = terms.most_days, terms.most_days_a_year, terms.charge_percent
    if terms.least_days < 1:
        raise InvalidValue("must be at least a day", field=f"{place}, least days", value=terms.least_days)
    if most is not None and most < terms.least_days:
        raise InvalidValue(f"must not be below the least, {terms.least_days}", field=f"{place}, most days", value=most)
    if a_year is not None and not terms.least_days <= a_year <= DAYS_OF_LEAP_YEAR:
        raise InvalidValue(f"must be {terms.least_days} to {DAYS_OF_LEAP_YEAR}", field=f"{place}, most days a year",
                           value=a_year)  # fmt: skip
    if not percent.is_finite() or not 0 <= percent <= 100:
        raise InvalidValue("must be 0 to 100", field=f"{place}, charge percent", value=percent)
    if not 0 <= terms.notice_days <= DAYS_OF_LEAP_YEAR:
        raise InvalidValue(f"must be 0 to {DAYS_OF_LEAP_YEAR}", field=f"{place}, notice days", value=terms.notice_days)

"""The terms on which the customers of a seller may promise to pay: values, and which of them make sense."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal

import msgspec

from billing_core.catalogue.prices import require_price
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.spans import ONE_DAY
from billing_core.kernel.vat_rates import require_vat_rate

# Limits of the terms of a seller.
MOST_DAYS = 366
MOST_GRACE_DAYS = 31
MOST_PER_MONTH = 31
MOST_INSTALMENTS = 60
MOST_SERVICE_DAYS = 3_660
LAST_DAY = 31


class PromiseTerms(msgspec.Struct, frozen=True, kw_only=True):
    """On which terms a seller's customers may promise; amounts are in the currency of the account.

    `most_days` is the longest term, `grace_days` the time for booking what came in on the last day. `price` is charged
    for each promise, with VAT of `vat_rate` percent on top. With `most_instalments` above 1 a debt may be promised in
    so many parts; each is due `most_days` after the one before at the latest.

    A service must be `least_service_days` old. Promises are opened on `days_of_month` only, on every day if there are
    none; a day that a month lacks is its last one. `least_paid_percent` of the debt must come in on the day itself.
    """

    most_days: int
    grace_days: int = 0
    most_per_month: int = 1
    least_debt: Decimal = Decimal(0)
    most_debt: Decimal | None = None
    days_after_broken: int = 0
    price: Decimal = Decimal(0)
    vat_rate: Decimal = Decimal(0)
    most_instalments: int = 1
    least_service_days: int = 0
    days_of_month: tuple[int, ...] = ()
    least_paid_percent: Decimal = Decimal(0)


def require_terms(terms: PromiseTerms) -> None:
    """Terms that make sense, or `InvalidValue`."""
    for field, days, least, most in (
        ("most days", terms.most_days, 1, MOST_DAYS),
        ("grace days", terms.grace_days, 0, MOST_GRACE_DAYS),
        ("most per month", terms.most_per_month, 1, MOST_PER_MONTH),
        ("days after broken", terms.days_after_broken, 0, MOST_DAYS),
        ("most instalments", terms.most_instalments, 1, MOST_INSTALMENTS),
        ("least service days", terms.least_service_days, 0, MOST_SERVICE_DAYS),
        *(("days of month", day, 1, LAST_DAY) for day in terms.days_of_month),
    ):
        if not least <= days <= most:
            raise InvalidValue(f"must be {least} to {most}", field=field, value=days)
    require_price(terms.price, "price")
    require_vat_rate(terms.vat_rate, "VAT rate")
    require_price(terms.least_debt, "least debt")
    _require_share(terms.least_paid_percent)
    if terms.most_debt is not None:
        require_price(terms.most_debt, "most debt")
        if terms.most_debt < terms.least_debt:
            raise InvalidValue(f"is less than the least debt, {terms.least_debt:f}", field="most debt",
                               value=terms.most_debt)  # fmt: skip


def _require_share(percent: Decimal) -> None:
    if not (percent.is_finite() and 0 <= percent < 100):
        raise InvalidValue("must be 0 to less than 100", field="least paid percent", value=percent)


def is_day_of_month(terms: PromiseTerms, on: date) -> bool:
    """Whether promises are opened on a day: with 1, 2 and 31, on 1 and 2 February, and on 28 February for the 31st."""
    last = calendar.monthrange(on.year, on.month)[1]
    return not terms.days_of_month or on.day in {min(day, last) for day in terms.days_of_month}


def next_day_of_month(terms: PromiseTerms, on: date) -> date:
    """The first day from a day on, on which promises are opened."""
    while not is_day_of_month(terms, on):
        on += ONE_DAY
    return on


def breaks_on(terms: PromiseTerms, until_on: date) -> date:
    """The day on which what was to be paid by a day is broken: the day after it, and after the days of grace."""
    return until_on + timedelta(days=1 + terms.grace_days)

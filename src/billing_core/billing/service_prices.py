"""What a service costs in a whole period on a day, while it runs: its fees, with the discounts and surcharges on them.

It is asked of the charging engine, as for a service that is active on the day, so that a phase, an agreed price or a
discount shows as it will be charged; usage and one-off fees are left out.

    20.00 a month for 2 units, 10 % off        40.00 and -4.00 a month
    suspended, 20.00 a month                   20.00 a month: what it costs when it is resumed
"""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from billing_core.accounts.account import Account
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.bundles import TariffsOfAccount
from billing_core.charging.charges import Charge, whole_days
from billing_core.charging.expected import Expected
from billing_core.charging.view import BillingView, view_of
from billing_core.kernel.money import rounded
from billing_core.kernel.spans import ONE_DAY
from billing_core.services.subscriptions import Subscription
from billing_core.services.terms_in_force import ALL_PERCENT
from billing_core.services.timeline import Segment

A_YEAR = timedelta(days=366)  # A fee in arrears is due after its period.


def price_on(account: Account, subscription: Subscription, catalogue: Catalogue, on: date) -> list[Charge]:
    """The fees of a whole period as charges of it; on the first or last day of a service that does not run on the day.

    None of a service that never began.
    """
    view = view_of(subscription, account.billing_days, (), TariffsOfAccount(account.subscriptions))
    if not view.segments:
        return []
    on = max(on, view.segments[0].from_on)
    if (ends_on := view.segments[-1].to_on) is not None:
        on = min(on, ends_on - ONE_DAY)
    owed = Expected(_running(view), catalogue)
    return [
        _whole(charge)
        for each in owed.periods(on, on + A_YEAR, ())
        for charge in each.charges
        if charge.is_priced_by_days and charge.span.contains(on)
    ]


def _running(view: BillingView) -> BillingView:
    """The service as if nothing ever stopped it."""
    return view._replace(segments=[_active(segment) for segment in view.segments], waivers=())


def _active(segment: Segment) -> Segment:
    in_force = msgspec.structs.replace(segment.in_force, status="active", suspensions=(), percent=ALL_PERCENT)
    return msgspec.structs.replace(segment, in_force=in_force)


def _whole(charge: Charge) -> Charge:
    """The same for its whole period, at its price on the day."""
    period = charge.whole_period
    price = rounded(charge.period_price, charge.amount.currency)
    return msgspec.structs.replace(
        charge, from_on=period.from_on, to_on=period.to_on, period=None, basis=whole_days(period), amount=price,
    )  # fmt: skip

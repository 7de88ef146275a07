"""One-off fees are compared over the whole subscription, by component and rate.

A one-off fee belongs to no period: it is the same fee on any day. Its day moves with the activation, and nothing is
credited or charged for that.

    posted 60.00 for 11 June, owed 60.00 for 1 June     ->   nothing
    posted 60.00 for 11 June, owed 80.00 for 11 June    ->   -60.00, corrects the 60.00; and 80.00
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from typing import TypeVar

import msgspec

from billing_core.charging.charges import Charge, PostedCharge

Fee = TypeVar("Fee")


def one_off_difference(owed: Sequence[Charge], posted: Sequence[PostedCharge], on: date) -> list[Charge]:
    """Credits and charges that turn the one-off fees posted for a subscription into the owed ones.

    `owed` holds the fees past and to come, `posted` everything ever posted for the subscription. A posted fee stands
    if one is owed at its rate on any day, also on one to come; a missing fee is charged if it is due up to and
    including `on`, a surplus one is credited in full.
    """
    charges = {entry.charge.key: entry.charge for entry in posted}
    corrected = {charge.corrects for charge in charges.values()}
    surplus = [
        charge
        for charge in charges.values()
        if charge.kind == "one-off" and charge.corrects is None and charge.key not in corrected
    ]
    # Those of the same day first: if one more is owed than posted, the one that is charged is that of its own day.
    missing, surplus = _unmatched(owed, surplus, lambda fee: (*_rate_of(fee), fee.amount, fee.from_on))
    missing, surplus = _unmatched(missing, surplus, lambda fee: (*_rate_of(fee), fee.amount))
    credits = [msgspec.structs.replace(fee, amount=-fee.amount, corrects=fee.key) for fee in surplus]
    return [*credits, *(fee for fee in missing if fee.from_on <= on)]


def _rate_of(fee: Charge) -> tuple[object, ...]:
    """The terms that distinguish fees."""
    return fee.component, fee.unit_price, fee.vat_rate, fee.includes_vat, fee.quantity


def _unmatched(
    owed: Sequence[Charge], posted: Sequence[Charge], of: Callable[[Charge], Hashable]
) -> tuple[list[Charge], list[Charge]]:
    """What is left of the owed and of the posted fees when those that are alike have been matched, one for one."""
    return _without(owed, map(of, posted), of), _without(posted, map(of, owed), of)


def _without(fees: Iterable[Fee], taken: Iterable[Hashable], of: Callable[[Fee], Hashable]) -> list[Fee]:
    """The fees that are left when each of the taken ones has taken the first that is like it."""
    times, left = Counter(taken), []
    for fee in fees:
        alike = of(fee)
        if times[alike]:
            times[alike] -= 1
        else:
            left.append(fee)
    return left


def one_offs_after(one_offs: Sequence[str], fees: Sequence[Charge]) -> list[str]:
    """The one-off components that stand on record, once for each time, after these fees and credits are posted."""
    # A credit without days is a part of another one, which stands on another document.
    credited = [fee.component for fee in fees if fee.corrects is not None and fee.from_on < fee.to_on]
    return [*_without(one_offs, credited, str), *(fee.component for fee in fees if fee.corrects is None)]

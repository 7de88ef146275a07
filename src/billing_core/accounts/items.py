"""Items by hand: an amount that is charged once, and one that is granted out of goodwill."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from billing_core.accounts.account import Account
from billing_core.charging.charges import Charge, ChargesPosted
from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.kernel.spans import ONE_DAY
from billing_core.kernel.vat_rates import require_vat_rate
from billing_core.parties.details import require_text


def grant_goodwill(
    account: Account, number: int, description: str, net: Money, vat_rate: Decimal, reason: str, on: date
) -> list[Event]:
    """An amount that the operator gives without owing it: a negative item, taken off the account's next invoice."""
    require_text(reason, "reason")
    (posted,) = charge_once(account, number, description, net, vat_rate, on)
    assert isinstance(posted, ChargesPosted)
    items = tuple(msgspec.structs.replace(item, amount=-net, unit_price=-net.amount) for item in posted.charges)
    return [msgspec.structs.replace(posted, charges=items, reason=reason)]


def charge_once(
    account: Account, number: int, description: str, net: Money, vat_rate: Decimal, on: date
) -> list[Event]:
    """An item charged by hand, which waits for the account's next invoice.

    `number` distinguishes it from other items of the account, for all time.
    """
    require_text(description, "description")
    require_vat_rate(vat_rate, "VAT rate")
    if net.currency != account.currency:
        raise InvalidValue(f"the account is kept in {account.currency}", field="amount", value=net)
    if net.amount <= 0:
        raise InvalidValue("must be more than zero; take a charge back to credit it", field="amount", value=net)
    if on < account.opened_on:
        raise RuleViolation(f"the account exists only since {account.opened_on}", field="item charged on", value=on)
    item = Charge(
        subscription="",
        component=f"item-{number}",
        description=description,
        tariff="",
        kind="one-off",
        from_on=on,
        to_on=on + ONE_DAY,
        amount=net,
        unit_price=net.amount,
        vat_rate=vat_rate,
        agreed=True,
    )
    return [ChargesPosted(effective_on=on, charges=(item,), billed_through={})]

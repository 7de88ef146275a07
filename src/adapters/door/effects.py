"""What a change of a service would do to the money of its account, as a dry run answers it."""

from __future__ import annotations

from datetime import date

import msgspec

from adapters.texts.explained import ExplainedAmount, explained_charge
from billing_core.kernel.money import Money
from commands.billing.foreseen import Foreseen

# The areas whose commands change what an account is billed for its services.
AREAS = ("services", "onboarding")


class BillForeseen(msgspec.Struct):
    """A bill that comes: what would be paid for it without the change and with it, with VAT; None if there is none."""

    on: date
    before: Money | None
    after: Money | None


class MoneyEffect(msgspec.Struct):
    """The next bills, and the charges of the first one that would be `new`, credits among them, or `gone`."""

    bills: list[BillForeseen]
    new: list[ExplainedAmount]
    gone: list[ExplainedAmount]


def money_effect(foreseen: Foreseen) -> MoneyEffect:
    """The effect that is foreseen; a bill is known by its day."""
    before, after = ({bill.on: bill.to_pay for bill in bills} for bills in (foreseen.before, foreseen.after))
    return MoneyEffect(
        [BillForeseen(on, before.get(on), after.get(on)) for on in sorted({*before, *after})],
        [explained_charge(charge) for charge in foreseen.new()],
        [explained_charge(charge) for charge in foreseen.gone()],
    )

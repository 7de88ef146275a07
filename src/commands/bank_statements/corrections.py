"""Take in a row that the bank corrected: its reference, with another amount or day, of money that was taken back.

    row 17 of 24.00    is recorded
    row 17 of 25.00    is rejected: one of both is wrong, and nobody knows which
                       the payment of 24.00 is reversed, or given back if it waited
    row 17 of 25.00    is taken in as 17-corrected, once

The same amount on the same day is the same money: an old file never pays again what bounced.
"""

from __future__ import annotations

from typing import NamedTuple

from billing_core.kernel.claims import Claim
from billing_core.kernel.errors import Conflict
from billing_core.kernel.money import zero
from billing_core.payments.remittances import (
    RemittanceGivenBack,
    amount_and_day,
    apply_remittance,
    is_of_remittance,
    parts_of_act,
)
from commands.payments.account import load_where_it_is
from commands.platform.ports import Transaction

CORRECTED = "-corrected"


class Said(NamedTuple):
    """What a row says of its money: its id, and its amount and day."""

    payment: str
    content: str


def name_as_corrected(said: Said, taken: Claim | None, transaction: Transaction) -> str:
    """What the reference of a row is followed by: nothing, unless its money was taken back and now is other money."""
    suffix = ""
    while taken is not None and amount_and_day(taken) != said.content and _is_gone(taken, transaction):
        suffix += CORRECTED
        key = said.payment + suffix
        taken = transaction.claimed(taken.kind, [key]).get(key)
    return suffix


def with_way_back(error: Conflict) -> Conflict:
    """The refusal of other money under a known reference, with what makes room for it."""
    way = "if this one is, reverse the payment that is recorded, or give it back if it waits, and import the file again"
    return Conflict(f"{error.message}; {way}", field=error.field, value=error.value)


def _is_gone(taken: Claim, transaction: Transaction) -> bool:
    """Whether nothing is left of a payment: it was reversed, or given back; of a remittance, each part of it."""
    if not is_of_remittance(taken):
        return _is_reversed(taken.key, taken.stream.partition("/")[2], transaction)
    remittance, _ = transaction.load(taken.stream, apply_remittance)
    if remittance is None or remittance.waiting != zero(remittance.waiting.currency):
        return False
    return all(
        isinstance(act, RemittanceGivenBack)
        or (
            (parts := parts_of_act(act, taken.key))
            and all(_is_reversed(part.payment, part.account, transaction) for part in parts)
        )
        for _, act in remittance.acts
    )


def _is_reversed(payment: str, account: str, transaction: Transaction) -> bool:
    record = load_where_it_is(transaction, account, payment).history.get(payment)
    return record is not None and record.is_reversed

"""Decides what a transfer of unused credit to another account of the customer or of its family does.

Not who is a family; not what it means for VAT: if tax documents were issued on the money as an advance, the next
draw-up corrects those of the account that gives, and issues new ones on what stays unused on the account that takes
(`billing_core/payments/advances.py`). Both accounts keep the fact, on the day of the transfer; the opposite transfer
takes it back. The sum of both balances stays.

Worked example: 30.00 of 2 March and a credit note of 5.00 of 4 March are unused on account 1, and 20.00 are open on 2

    transfer 32.00    30.00 and 2.00 leave account 1; on 2 they are one credit, `transfer 1-9`: 20.00 of it settle
                      the open item, 12.00 stay unused
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, total, zero
from billing_core.parties.details import require_text
from billing_core.payments.events import CreditPart, CreditTransferredAway, CreditTransferredIn
from billing_core.payments.ledger import Ledger
from billing_core.payments.receiving import require_at_most, settled_again


class Chosen(NamedTuple):
    """What is taken of the unused credits: so much, or all of it; of one credit, or the oldest first."""

    amount: Money | None
    credit: str = ""


def parts_of(ledger: Ledger, chosen: Chosen) -> tuple[CreditPart, ...]:
    """The parts of unused credits that make an amount, the oldest first; also what is held back of them."""
    currency = ledger.balance.currency
    unused = ledger.credits
    if chosen.credit:
        if chosen.credit not in unused:
            raise NotFound("is no unused credit of the account", field="credit", value=chosen.credit)
        unused = {chosen.credit: unused[chosen.credit]}
    available = total(unused.values(), currency)
    if available == zero(currency):
        raise RuleViolation("the account has no unused credit", field="balance", value=ledger.balance)
    rest = available if chosen.amount is None else chosen.amount
    require_at_most(rest, available, "of unused credit")
    parts = []
    for credit, left in unused.items():
        part = min(rest, left)
        if part > zero(currency):
            parts.append(CreditPart(credit, part))
        rest = rest - part
    return tuple(parts)


class Transfer(NamedTuple):
    """A transfer by its name, the other account, why, and the customer of this account."""

    name: str
    other: str
    reason: str
    customer: str


def transfer_away(ledger: Ledger, chosen: Chosen, transfer: Transfer, on: date) -> list[Event]:
    """The half of the account that gives."""
    require_text(transfer.reason, "reason")
    parts = parts_of(ledger, chosen)
    return [
        CreditTransferredAway(effective_on=on, parts=parts, transfer=transfer.name, to_account=transfer.other,
                              reason=transfer.reason, customer=transfer.customer)
    ]  # fmt: skip


def transfer_in(ledger: Ledger, amount: Money, transfer: Transfer, on: date) -> list[Event]:
    """The half of the account that takes: the credit settles what is open there, the oldest first."""
    fact = CreditTransferredIn(effective_on=on, transfer=transfer.name, amount=amount, from_account=transfer.other,
                               reason=transfer.reason, customer=transfer.customer)  # fmt: skip
    return settled_again(ledger, [fact], on)

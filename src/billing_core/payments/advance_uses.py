"""Which invoices used money that was taxed as an advance, so that the correction counts for their tax point.

The VAT of an advance is taken off the VAT of the invoice that uses it, in the month of that invoice: its correction has
the invoice's tax point, and that of the advance if money came in after it. What left in another way, as by a transfer,
is corrected as of the day of issue. The last draw-up of a payment knew the account up to a version; only what invoices
used after it counts, the newest first.

Worked example: 500.00 of 1 March are taxed on 11 March, when the account has version 8

    version 10   an invoice with tax point 31 March uses 300.00
    version 12   100.00 are transferred away
    1 April      300.00 are corrected with tax point 31 March, 100.00 with tax point 1 April
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, total, zero
from billing_core.payments.advances import AdvanceDocument, Advances, Excess
from billing_core.payments.events import CreditAllocated, CreditReleased

# --- state


class Move(NamedTuple):
    """What an invoice took of a credit, below zero if it was released, and the version of the account after it."""

    version: int
    credit: str
    invoice: str
    amount: Money


class AccountUses(msgspec.Struct):
    """What invoices used of the credits of an account, and the tax points of its invoices."""

    version: int = 0
    moves: list[Move] = []
    tax_points: dict[str, date] = {}

    def apply(self, fact: Event) -> None:
        """Fold one event of the account; the tax point of an invoice is noted by `note_invoice`."""
        self.version += 1
        if isinstance(fact, CreditAllocated | CreditReleased):
            for each in fact.allocations:
                amount = each.amount if isinstance(fact, CreditAllocated) else -each.amount
                self.moves.append(Move(self.version, each.credit, each.invoice, amount))

    def note_invoice(self, number: str, tax_point_on: date) -> None:
        self.tax_points[number] = tax_point_on


# The version of the account that the last draw-up of each payment knew.
Known = dict[str, int]


def apply_known(state: Known | None, fact: Event) -> Known:
    """Fold one event of the advances of an account."""
    state = {} if state is None else state
    if isinstance(fact, AdvanceDocument) and fact.account_version is not None:
        state[fact.credit] = fact.account_version
    return state


# --- decisions


def by_tax_point(
    found: Sequence[Excess], advances: Advances, uses: AccountUses, known: Mapping[str, int]
) -> list[Excess]:
    """Part each excess by the invoices that used the money, in their order; what left in another way comes last."""
    parted, pools = list[Excess](), dict[str, Pool]()
    for each in reversed(found):  # The newest document has the newest uses.
        credit = advances[each.number].credit
        pool = pools.setdefault(credit, _used(uses, credit, known.get(credit, 0)))
        parts = [
            Excess(each.number, amount, invoice, max(uses.tax_points[invoice], advances[each.number].tax_point_on))
            for invoice, amount in _taken(pool, each.amount)
        ]
        rest = each.amount - total((part.amount for part in parts), each.amount.currency)
        parted = [*parts, *([Excess(each.number, rest)] if rest.amount else []), *parted]
    return parted


# The invoices that used a credit, each with what it used; the newest last.
Pool = list[tuple[str, Money]]


def _taken(pool: Pool, amount: Money) -> Pool:
    """Take the newest uses out of the pool, up to an amount."""
    taken: Pool = []
    while pool and amount.amount:
        invoice, used = pool.pop()
        part = min(amount, used)
        amount = amount - part
        taken.append((invoice, part))
        if part != used:
            pool.append((invoice, used - part))
    return taken[::-1]


def _used(uses: AccountUses, credit: str, after: int) -> Pool:
    """The invoices that used a credit after a version of the account, the newest last, without what was released."""
    used: dict[str, Money] = {}
    for move in uses.moves:
        if move.credit == credit and move.version > after:
            amount = used.pop(move.invoice, zero(move.amount.currency)) + move.amount
            used[move.invoice] = amount
    return [(invoice, amount) for invoice, amount in used.items() if amount.amount > 0]

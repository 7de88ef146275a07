"""The name of a movement: the same one in every file that has it, so that it is booked once.

Decides what names a movement within its bank account: the bank's own reference; without one, a hash of what the bank
says of it, and the running number among equals of its day. So the same file again, or one that overlaps, in whichever
format the bank's reference stands, names the same movements.

    reference 26714150488                              26714150488
    none; 399.00 on 3 March from 1000000005/0800       h-0f3a... for the first of that day, another for the second
    a reversal that repeats the reference 77           77-reversal, for 77 is what it reverses

Without references, files must hold whole days: of two equal movements of a day, a file with the second alone would
name it as the first.
"""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

from billing_core.bank_statements.statement import Movement

HASH_DIGITS = 32
REVERSAL = "-reversal"


class MovementNames:
    """Names the movements of a bank account, in the order in which a file has them."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._equals: Counter[bytes] = Counter()

    def name(self, movement: Movement) -> str:
        """The name of the next movement."""
        suffix = REVERSAL if movement.is_reversal else ""
        if movement.reference:
            return movement.reference.strip() + suffix
        content = sha256("\t".join([self._account, *_said(movement)]).encode())
        self._equals[content.digest()] += 1
        content.update(b"\t%d" % self._equals[content.copy().digest()])
        return f"h-{content.hexdigest()[:HASH_DIGITS]}{suffix}"


def _said(movement: Movement) -> list[str]:
    """What tells a movement from others of its day. Texts are left out: banks cut them by format."""
    symbols = movement.symbols
    return [
        movement.booked_on.isoformat(),
        f"{movement.amount.amount.normalize():f}",
        movement.amount.currency,
        *(symbols.variable, symbols.constant, symbols.specific, symbols.creditor_reference, symbols.end_to_end),
        movement.counterparty_account.replace(" ", "").upper(),
    ]

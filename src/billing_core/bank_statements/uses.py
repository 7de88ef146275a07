"""What a movement is to the seller: a customer's money, or something else that must not be booked as such.

Decides by the sign, the bank's kind, whether it takes something back, and who pays out to the seller. Whose money it
is, is not decided here.

    came in                                                    went out
    payment, card, unknown    income                           payment, card, unknown    outgoing
    fee, interest             fee, interest (given back)       fee, interest             fee, interest
    direct-debit              collected: debits of our own     direct-debit              outgoing: somebody's of us
    cash                      deposit, unless it names         cash                      outgoing
                              an account exactly
    return, reversal          returned: our own transfer       return                    return of our debit
                              came back                        reversal                  reversal of what came in
    from one who pays out     payout, unless it is one of
                              those above but income
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from billing_core.bank_statements.statement import Movement, MovementKind

Use = Literal[
    "income", "outgoing", "fee", "interest", "collected", "deposit", "payout", "returned", "return", "reversal", "other"
]  # fmt: skip
# These take back a payment that was booked, once it is known which.
TAKING_BACK: tuple[Use, ...] = ("return", "reversal")


# What a kind is if it came in, and if it went out.
IN: Mapping[MovementKind, Use] = {
    "fee": "fee",
    "interest": "interest",
    "direct-debit": "collected",
    "return": "returned",
}
OUT: Mapping[MovementKind, Use] = {"fee": "fee", "interest": "interest", "return": "return"}


def use_of(movement: Movement, *, names_account: bool = False, pays_out: bool = False) -> Use:
    """What a movement is.

    `names_account` says that its references are exactly those of one account, `pays_out` that it comes from one who
    pays out what is booked already.
    """
    if movement.amount.amount <= 0:
        return "reversal" if movement.is_reversal else OUT.get(movement.kind, "outgoing")
    if movement.is_reversal:
        return "returned"
    if movement.kind == "cash" and not names_account:
        return "deposit"
    use = IN.get(movement.kind, "income")
    return "payout" if pays_out and use == "income" else use

"""What a movement is to the seller: a customer's money, or something else that must not be booked as such.

Decides by the sign, the bank's kind, and whether it takes something back. Whose money it is, is not decided here.

    came in                                                    went out
    payment, card, unknown    income                           payment, card, unknown    outgoing
    fee, interest             fee, interest (given back)       fee, interest             fee, interest
    direct-debit              collected: debits of our own     direct-debit              outgoing: somebody's of us
    cash                      deposit, unless it names         cash                      outgoing
                              an account exactly
    return, reversal          returned: our own transfer       return                    return of our debit
                              came back                        reversal                  reversal of what came in
"""

from __future__ import annotations

from typing import Literal, get_args

from billing_core.bank_statements.statement import Movement
from billing_core.kernel.errors import InvalidValue

Use = Literal[
    "income", "outgoing", "fee", "interest", "collected", "deposit", "returned", "return", "reversal", "other"
]  # fmt: skip
# These take back a payment that was booked, once it is known which.
TAKING_BACK: tuple[Use, ...] = ("return", "reversal")


def use_of(movement: Movement, *, names_account: bool = False) -> Use:
    """What a movement is; `names_account` says that its references are exactly those of one account."""
    came_in = movement.amount.amount > 0
    if movement.kind == "return":
        return "returned" if came_in else "return"
    if movement.is_reversal:
        return "returned" if came_in else "reversal"
    if movement.kind == "fee":
        return "fee"
    if movement.kind == "interest":
        return "interest"
    if not came_in:
        return "outgoing"
    if movement.kind == "direct-debit":
        return "collected"
    if movement.kind == "cash" and not names_account:
        return "deposit"
    return "income"


def require_use(use: str) -> Use:
    """One of the uses."""
    for known in get_args(Use):
        if use == known:
            return known
    raise InvalidValue(f"must be {', '.join(get_args(Use))}", field="use", value=use)

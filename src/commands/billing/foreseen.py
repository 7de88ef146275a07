"""What a change of an account would do to its next bills, before it is done.

    on 11 June, internet 300.00 -> 500.00 a month, billed in advance on the first:

    the bill of 1 July    561.60 -> 894.93     credit of 11-30 June 200.00, charge 333.33, July 200.00 more
    the bill of 1 August  561.60 -> 761.60

Both are the bills of the same days: those on which something is due before the change, or after it if nothing was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from billing_core.accounts.account import Account, apply_account
from billing_core.charging.charges import Charge
from commands.accounts import account_stream
from commands.billing.next_bill import NextBill, next_bill_on, next_bills
from commands.platform.bus import Bus, Command
from commands.platform.ports import Origin, Transaction

COUNT = 2


class Foreseen(NamedTuple):
    """The next bills of an account without a change and with it; those of one place are of the same day.

    An account that the change opens has none before.
    """

    before: list[NextBill]
    after: list[NextBill]

    def gone(self) -> list[Charge]:
        """The charges of the first bill that the change takes away."""
        return _without(self.before, self.after)

    def new(self) -> list[Charge]:
        """The charges of the first bill that the change brings, credits among them."""
        return _without(self.after, self.before)


def foreseen(bus: Bus, command: Command, origin: Origin) -> Foreseen:
    """The next bills of the account that a command is about; what would refuse the command or the bill is raised."""
    account = _account_of(command)

    def day(transaction: Transaction) -> date | None:
        known = _known(transaction, account)
        return None if known is None else next_bill_on(known, origin.today)

    first_on = bus.look(day) or bus.look_after(command, origin, day) or origin.today

    def look(transaction: Transaction) -> list[NextBill]:
        return next_bills(account, transaction, first_on, COUNT) if _known(transaction, account) else []

    return Foreseen(bus.look(look), bus.look_after(command, origin, look))


def _account_of(command: Any) -> str:
    """The account that a command names; a new one is named by what opens it."""
    found: str = command.account if isinstance(command.account, str) else command.account.number
    return found


def _known(transaction: Transaction, account: str) -> Account | None:
    """The account; None before it is opened."""
    return transaction.load(account_stream(account), apply_account)[0]


def _without(bills: list[NextBill], others: list[NextBill]) -> list[Charge]:
    """The charges of the first bill that the first of the others has not."""
    left = Counter(map(_known_by, _charges(others)))
    found = []
    for charge in _charges(bills):
        left[_known_by(charge)] -= 1
        if left[_known_by(charge)] < 0:
            found.append(charge)
    return found


def _charges(bills: list[NextBill]) -> Iterable[Charge]:
    return bills[0].charges if bills else ()


def _known_by(charge: Charge) -> tuple[str, str, str, date, date, str]:
    days = (charge.from_on, charge.to_on)
    return (charge.subscription, charge.component, charge.of, *days, f"{charge.amount.amount} {charge.corrects}")

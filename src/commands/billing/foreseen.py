"""What a change of an account would do to its next bills, before it is done.

    on 11 June, internet 300.00 -> 500.00 a month, billed in advance on the first:

    the bill of 1 July    561.60 -> 894.93     credit of 11-30 June 200.00, charge 333.33, July 200.00 more
    the bill of 1 August  561.60 -> 761.60

Both are the bills of the same days: those on which something is due before the change, or after it if nothing was.

An account that is opened has no bills before. Its bills are foreseen until each of its services was on one:

    on 15 May, internet from today, television from 1 July

    the bills of 15 May, of 1 June, and of 1 July with the first month of television
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from billing_core.accounts.account import Account, apply_account
from billing_core.charging.charges import Charge
from commands.accounts import account_stream
from commands.billing.next_bill import NextBill, next_bill_on, next_bills
from commands.platform.bus import Bus, Command
from commands.platform.ports import Origin, Transaction

COUNT = 2
# The bills of a year and of the month after it, for a service that is free or begins later than that.
MOST = 14


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
        """The charges of the first bill that the change brings, credits among them.

        If nothing was to be billed before, those of each service's first bill.
        """
        if not self.before:
            return [charge for charges in first_charges(self.after) for charge in charges]
        return _without(self.after, self.before)


def foreseen(bus: Bus, command: Command, origin: Origin) -> Foreseen:
    """The next bills of the account that a command is about; what would refuse the command or the bill is raised."""
    account, is_open = _account_of(command)

    def day(transaction: Transaction) -> date | None:
        known = _known(transaction, account)
        return None if known is None else next_bill_on(known, origin.today)

    first_on = bus.look(day) or bus.look_after(command, origin, day) or origin.today

    def look(transaction: Transaction) -> list[NextBill]:
        known = _known(transaction, account)
        if known is None:
            return []
        coming = next_bills(account, transaction, first_on)
        return list(islice(coming, COUNT)) if is_open else _until_each_is_billed(coming, set(known.subscriptions))

    return Foreseen(bus.look(look), bus.look_after(command, origin, look))


def first_charges(bills: Iterable[NextBill]) -> list[list[Charge]]:
    """Of each bill the charges of the services that are on no bill before it."""
    billed: set[str] = set()
    found = []
    for bill in bills:
        found.append([charge for charge in bill.charges if charge.subscription not in billed])
        billed |= {charge.subscription for charge in bill.charges}
    return found


def _until_each_is_billed(coming: Iterator[NextBill], services: set[str]) -> list[NextBill]:
    found = []
    for bill in islice(coming, MOST):
        found.append(bill)
        services -= {charge.subscription for charge in bill.charges}
        if len(found) >= COUNT and not services:
            break
    return found


def _account_of(command: Any) -> tuple[str, bool]:
    """The account that a command names, and whether it is open; a new one is named by what opens it."""
    is_open = isinstance(command.account, str)
    return command.account if is_open else command.account.number, is_open


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

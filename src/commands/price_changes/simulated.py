"""A revision of a tariff tried on one account: its bills of the next twelve months, as they are and by the revision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import islice

import msgspec

from billing_core.kernel.money import Money, total, zero
from billing_core.time.periods import boundary
from commands.accounts import load_account
from commands.billing.next_bill import NextBill, next_bills
from commands.catalogue import ReviseTariff, handle_revise_tariff
from commands.platform.bus import Bus
from commands.platform.ports import Origin, Transaction

# Bills of a year by the week.
MOST_BILLS = 60


class SimulatedBill(msgspec.Struct, frozen=True):
    """A bill on a day with VAT, as it is now and by the revision."""

    on: date
    now: Money
    new: Money


class Simulation(msgspec.Struct, frozen=True):
    """The bills of an account until twelve months from the revision, with their sums."""

    account: str
    customer: str
    bills: list[SimulatedBill]
    now: Money
    new: Money


def simulated(bus: Bus, number: str, command: ReviseTariff, origin: Origin) -> Simulation:
    """The simulation of a revision on an account; days that were charged already are compared. Nothing is kept."""
    first_on = max(origin.today, command.revision.valid_from)
    until = boundary(first_on.year + 1, first_on.month, first_on.day)
    account = bus.look(lambda transaction: load_account(transaction, number)[0])

    def look(transaction: Transaction) -> list[NextBill]:
        found = islice(next_bills(number, transaction, origin.today), MOST_BILLS)
        return [bill for bill in found if bill.on < until and bill.charges]

    def look_after(transaction: Transaction) -> list[NextBill]:
        transaction.append(handle_revise_tariff(command, transaction, origin).appends, (), origin)
        return look(transaction)

    bills = _compared(bus.look(look), bus.look(look_after), account.currency)
    now, new = (total(sums, account.currency) for sums in ([each.now for each in bills], [each.new for each in bills]))
    return Simulation(number, account.customer, bills, now, new)


def _compared(now: Sequence[NextBill], new: Sequence[NextBill], currency: str) -> list[SimulatedBill]:
    """The bills of each day on which there is one."""
    before, after = ({bill.on: bill.to_pay for bill in found} for found in (now, new))
    nothing = zero(currency)
    days = sorted(before.keys() | after.keys())
    return [SimulatedBill(on, before.get(on, nothing), after.get(on, nothing)) for on in days]

"""A revision of a tariff on one account: its bills of the next twelve months, as they are now and by the revision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

import msgspec

from billing_core.billing.bills import BilledAccount
from billing_core.billing.repricing import Repricing, reprice
from billing_core.catalogue.tariffs import Catalogue, revised
from billing_core.kernel.money import Money, total, zero
from billing_core.time.periods import boundary
from commands.accounts import load_account
from commands.billing.account import load_history
from commands.billing.ahead import ComingBill, coming_bills
from commands.billing.rerating import rerating_of
from commands.platform.ports import Transaction


class SimulatedBill(msgspec.Struct, frozen=True):
    """A bill on a day with VAT, as it is now and by the revision."""

    on: date
    now: Money
    new: Money


class Simulation(msgspec.Struct, frozen=True):
    """The bills of an account in the twelve months from the revision on, and those until then; with their sums."""

    account: str
    customer: str
    bills: list[SimulatedBill]
    now: Money
    new: Money


def simulated(
    number: str, change: Repricing, catalogue: Catalogue, transaction: Transaction, today: date
) -> Simulation:
    """The simulation of a revision on an account; days that were charged already are compared as well."""
    on = change.revision.valid_from
    until = boundary(max(today, on).year + 1, max(today, on).month, max(today, on).day)
    account, version = load_account(transaction, number)
    noted = rerating_of(account, catalogue, transaction)
    bills: list[list[ComingBill]] = []
    for changes in ((), (change,)):
        account, version = load_account(transaction, number)
        billed = BilledAccount(account, partial(load_history, transaction, number, version))
        billed.apply(noted)
        known = dict(catalogue)
        for each in changes:
            known[each.before.code] = revised(each.before, each.revision)
            billed.apply(fact for entry in account.subscriptions.values() for fact in reprice(entry, [each]))
        bills.append(coming_bills(billed, known, today, until))
    return _put_together(account.number, account.customer, account.currency, bills)


def _put_together(number: str, customer: str, currency: str, bills: Sequence[Sequence[ComingBill]]) -> Simulation:
    now, new = ({bill.on: bill.gross for bill in found} for found in bills)
    nothing = zero(currency)
    days = sorted(now.keys() | new.keys())
    found = [SimulatedBill(on, now.get(on, nothing), new.get(on, nothing)) for on in days]
    return Simulation(
        number, customer, found, total((bill.now for bill in found), currency), total((bill.new for bill in found),
                                                                                      currency)
    )  # fmt: skip

"""One chunk of a billing run: decide every account with the facts read, write all of it in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import count
from typing import NamedTuple
from uuid import uuid4

import msgspec

from billing_core.billing.decision import decide_bill
from billing_core.billing.run import Bill, HistoryNeeded, Issue, bill_events
from billing_core.catalogue.tariffs import Catalogue
from billing_core.invoicing.invoices import BillingHistory
from billing_core.kernel.errors import BillingError
from billing_core.parties import PartyVersion, Seller, SeriesKind
from commands.accounts import account_stream
from commands.billing.account import BillAccount, ParkAccount, load_histories
from commands.billing.run_ports import DueAccount, RunTotals
from commands.bus import Answer, Bus, Command
from commands.ports import Append, Origin, Store, Transaction, VersionConflict

# A few accounts with a long past fill the memory as many with a short one do, so that few are read at a time.
HISTORIES_AT_ONCE = 200


class Setting(NamedTuple):
    """What holds for a whole run, read once at its start."""

    catalogue: Catalogue
    sellers: dict[str, tuple[Seller, int]]
    last_issued_on: dict[str, date]
    until: date

    def decided_on(self, seller: str, due_on: date) -> date:
        """The date to decide on: the due date, or the newest document's if that is later, but within the run."""
        newest = self.last_issued_on.get(seller, due_on)
        return max(due_on, min(newest, self.until - date.resolution))


class Decided(NamedTuple):
    entry: DueAccount
    on: date
    bill: Bill


class ChunkWriter:
    """Decides and writes chunks; counts what they did into `totals`."""

    def __init__(self, store: Store, bus: Bus, origin: Origin, setting: Setting) -> None:
        self._store = store
        self._bus = bus
        self._origin = origin
        self._setting = setting
        self._today = min(origin.today, setting.until - date.resolution)
        self.totals = RunTotals()
        self.position = 0

    def bill(self, due: Sequence[DueAccount], due_on: date) -> None:
        """Bill the accounts of a chunk. Those that somebody else moved meanwhile are billed one by one afterwards."""
        decided: list[Decided] = []
        changed: list[DueAccount] = []
        for entry in due:
            try:
                decided += self._decided(entry, due_on)
            except HistoryNeeded:
                changed.append(entry)
        for first in range(0, len(changed), HISTORIES_AT_ONCE):
            some = changed[first : first + HISTORIES_AT_ONCE]
            with self._store.transaction() as transaction:
                histories = load_histories(transaction, {entry.account.number: entry.version for entry in some})
            for entry in some:
                decided += self._decided(entry, due_on, histories[entry.account.number])
        for entry in self._write(decided):
            self._bill_alone(entry, self._decided_on(entry, due_on))

    def _decided_on(self, entry: DueAccount, due_on: date) -> date:
        """Prepaid days are bought on the day itself; else an account that is late catches up in one bill."""
        if entry.account.prepaid is not None:
            return due_on
        return self._setting.decided_on(entry.account.seller, due_on)

    def _decided(self, entry: DueAccount, due_on: date, history: BillingHistory | None = None) -> list[Decided]:
        """The decision on an account, if there is one; what stops it parks it. Raises `HistoryNeeded`."""
        on = self._decided_on(entry, due_on)
        try:
            bill = decide_bill(entry.account, self._setting.catalogue, on, history, self._today)
        except HistoryNeeded:
            raise
        except BillingError as error:
            self._park(entry, error, on)
            return []
        return [] if bill is None else [Decided(entry, on, bill)]

    def _write(self, decided: list[Decided]) -> list[DueAccount]:
        """Write the decisions; the accounts that somebody else moved meanwhile are left out and returned."""
        moved: list[DueAccount] = []
        while decided:
            try:
                self._write_once(decided)
                break
            except VersionConflict:
                versions = self._store.versions([_stream(item) for item in decided])
                unmoved = [item for item in decided if versions[_stream(item)] == item.entry.version]
                if len(unmoved) == len(decided):
                    raise
                moved += [item.entry for item in decided if versions[_stream(item)] != item.entry.version]
                decided = unmoved
        return moved

    def _write_once(self, decided: list[Decided]) -> None:
        origin = self._origin._replace(command_id=uuid4(), causation_id=self._origin.command_id)
        with self._store.transaction() as transaction:
            issues = self._issues(decided, transaction)
            written = [
                bill_events(item.entry.account, item.bill, issue, item.on)
                for item, issue in zip(decided, issues, strict=True)
            ]
            appends = [
                Append(_stream(item), item.entry.version, events) for item, events in zip(decided, written, strict=True)
            ]
            position = transaction.append(appends, (), origin)
        self.position = position
        for events in written:
            self.totals.add(events)

    def _issues(self, decided: list[Decided], transaction: Transaction) -> Iterator[Issue]:
        """What each bill's documents are issued with; numbers are taken once per seller and kind of document."""
        wanted: Counter[tuple[str, SeriesKind]] = Counter()
        newest = dict.fromkeys((item.entry.account.seller for item in decided), date.min)
        for item in decided:
            seller = item.entry.account.seller
            newest[seller] = max(newest[seller], item.on)
            wanted[seller, "invoice"] += len(item.bill.documents.invoices)
            wanted[seller, "credit-note"] += len(item.bill.documents.credit_notes)
        numbers: dict[tuple[str, SeriesKind], Iterator[str]] = {}
        for (code, kind), quantity in wanted.items():
            numbers[code, kind] = iter(())
            if quantity:
                taken = transaction.take_numbers(code, kind, quantity, newest[code])
                series = self._setting.sellers[code][0].series[kind]
                numbers[code, kind] = map(series.number, count(taken.first))
                newest[code] = max(newest[code], taken.issued_on)
        for item in decided:
            code = item.entry.account.seller
            yield Issue(
                on=newest[code],
                seller=PartyVersion(code, self._setting.sellers[code][1]),
                customer=PartyVersion(item.entry.account.customer, item.entry.customer_version),
                invoice_numbers=numbers[code, "invoice"],
                credit_note_numbers=numbers[code, "credit-note"],
                calendar=transaction.calendar(self._setting.sellers[code][0].address.country),
            )

    def _bill_alone(self, entry: DueAccount, on: date) -> None:
        """The ordinary path: loads the account's whole stream and may be repeated on a conflict."""
        number = entry.account.number
        try:
            answer = self._execute(BillAccount(account=number, on=on))
        except BillingError as error:
            self._park(entry, error, on)
            return
        self.totals.merge(msgspec.convert(answer.result, RunTotals))
        self.position = max(self.position, answer.position)

    def _park(self, entry: DueAccount, error: BillingError, on: date) -> None:
        number = entry.account.number
        self.totals.parked[number] = str(error)
        answer = self._execute(
            ParkAccount(account=number, code=error.code, reason=str(error), on=on, subscription=error.subscription)
        )
        self.position = max(self.position, answer.position)

    def _execute(self, command: Command) -> Answer:
        return self._bus.execute(
            command, self._origin._replace(command_id=uuid4(), causation_id=self._origin.command_id)
        )


def _stream(item: Decided) -> str:
    return account_stream(item.entry.account.number)

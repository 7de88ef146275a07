"""One chunk of a billing run: decide every account with the facts read, write all of it in one transaction."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import date
from functools import partial
from typing import NamedTuple

from billing_core.billing.bills import BilledAccount, LoadHistory, Upto, decision_on, next_bill
from billing_core.billing.issuing import bill_events
from billing_core.billing.run import Bill, HistoryNeeded, NoBusinessDate
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.identical import MemoOfIdenticalSubscriptions
from billing_core.kernel.errors import BillingError
from billing_core.kernel.spans import ONE_DAY
from billing_core.parties.numbering import NumberSeriesFull
from billing_core.parties.sellers import Seller
from commands.accounts import account_stream
from commands.billing.account import BillAccount, ParkAccount, load_histories
from commands.billing.issuable import IssuableDocuments
from commands.billing.numbers import ToIssue, issues
from commands.billing.run_ports import DueAccount, RunTotals
from commands.platform.answers import read_plain
from commands.platform.bus import Answer, Bus, Command
from commands.platform.concurrent_changes import written_around_changes
from commands.platform.identity import new_id
from commands.platform.ports import Append, ClaimTaken, Origin, Store

# A few accounts with a long past fill the memory as many with a short one do, so that few are read at a time.
HISTORIES_AT_ONCE = 200


class Setting(NamedTuple):
    """What holds for a whole run, read once at its start: how far is billed, on which business date, and for whom not.

    `left_out` are the sellers that can have no document of that date, with the reason; `issuable` counts the documents
    that are decided.
    """

    catalogue: Catalogue
    sellers: dict[str, tuple[Seller, int]]
    upto: Upto
    left_out: dict[str, str]
    issuable: IssuableDocuments


class Decided(NamedTuple):
    entry: DueAccount
    on: date
    bill: Bill

    @property
    def stream(self) -> str:
        return account_stream(self.entry.account.number)


class ChunkWriter:
    """Decides and writes chunks; counts what they did into `totals`."""

    def __init__(self, store: Store, bus: Bus, origin: Origin, setting: Setting) -> None:
        self._store = store
        self._bus = bus
        self._origin = origin
        self._setting = setting
        self._memo = MemoOfIdenticalSubscriptions(setting.catalogue)
        self.totals = RunTotals(left_out=dict(setting.left_out))
        self.position = 0
        self.has_more = False
        self._put_off: set[str] = set()

    def bill(self, due: Sequence[DueAccount]) -> None:
        """Bill the accounts of a chunk, each once; those that others change meanwhile one by one afterwards.

        `has_more` says from then on whether any of them may have another bill: a prepaid one has one for each due date.
        """
        decided: list[Decided] = []
        changed: list[DueAccount] = []
        for entry in due:
            try:
                decided += self._decided(entry)
            except HistoryNeeded:
                changed.append(entry)
        for first in range(0, len(changed), HISTORIES_AT_ONCE):
            some = changed[first : first + HISTORIES_AT_ONCE]
            with self._store.transaction() as transaction:
                histories = load_histories(transaction, {entry.account.number: entry.version for entry in some})
            for entry in some:
                decided += self._decided(entry, partial(histories.__getitem__, entry.account.number))
        for moved in self._write(decided):
            self._bill_alone(moved.entry)

    def _decided(self, entry: DueAccount, load: LoadHistory | None = None) -> list[Decided]:
        """The next bill of an account, if there is one; what stops it parks it. Raises `HistoryNeeded`."""
        upto = self._setting.upto
        billed = BilledAccount(entry.account, load)
        try:
            due = next_bill(billed, self._setting.catalogue, upto, self._memo)
            if due is not None:
                self._setting.issuable.add(entry.account, due.bill.documents)
        except HistoryNeeded:
            raise
        except BillingError as error:
            self._park(entry, error, decision_on(entry.account, upto) or upto.on)
            return []
        if due is None:
            return []
        self.has_more = self.has_more or entry.account.prepaid is not None
        return [Decided(entry, *due)]

    def _write(self, decided: Sequence[Decided]) -> list[Decided]:
        """Write the decisions; those on accounts that others changed meanwhile are left out and returned.

        All are returned if a document's number is taken or its series used up by then: only those are parked that it
        stops.
        """
        if not decided:
            return []
        versions = {item.stream: item.entry.version for item in decided}

        def write(changed: Set[str]) -> None:
            self._write_once([item for item in decided if item.stream not in changed])

        try:
            _, changed = written_around_changes(self._store, versions, write)
        except (ClaimTaken, NumberSeriesFull):
            return list(decided)
        return [item for item in decided if item.stream in changed]

    def _write_once(self, decided: Sequence[Decided]) -> None:
        if not decided:
            return
        origin = self._origin._replace(command_id=new_id(), causation_id=self._origin.command_id)
        with self._store.transaction() as transaction:
            issued = issues([self._to_issue(item) for item in decided], transaction)
            written = [
                bill_events(item.entry.account, item.bill, issue, item.on)
                for item, issue in zip(decided, issued, strict=True)
            ]
            appends = [
                Append(item.stream, item.entry.version, events) for item, events in zip(decided, written, strict=True)
            ]
            position = transaction.append(appends, (), origin)
        self.position = position
        for events in written:
            self.totals.add(events)

    def _to_issue(self, item: Decided) -> ToIssue:
        account, customer_version = item.entry.account, item.entry.customer_version
        return ToIssue(
            account,
            self._setting.upto.today,
            item.bill.documents,
            *self._setting.sellers[account.seller],
            customer_version,
        )

    def _bill_alone(self, entry: DueAccount) -> None:
        """The ordinary path: loads the account's whole stream and may be repeated on a conflict."""
        number, upto = entry.account.number, self._setting.upto
        try:
            answer = self._execute(BillAccount(account=number, until=upto.on + ONE_DAY, on=upto.today))
        except BillingError as error:
            # A document of a later day was issued since the run began: that moves the chunks on, but not for ever.
            if isinstance(error, NoBusinessDate) and number not in self._put_off:
                self._put_off.add(number)
                self.has_more = True
                return
            self._park(entry, error, decision_on(entry.account, upto) or upto.on)
            return
        self.totals.merge(read_plain(answer.result, RunTotals))
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
            command, self._origin._replace(command_id=new_id(), causation_id=self._origin.command_id)
        )

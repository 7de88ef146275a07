"""The billing run: brings every due account up to a date, in chunks, each chunk one transaction.

A run has a business date, today unless said: all its documents are dated on it, and what an account owes comes onto
one invoice, or onto one for each service or address if its plan says so, with the months that were missed. How far is
charged is another matter: `until` is exclusive, and charges ahead if it lies beyond the business date.

The run goes through the due accounts in order of number. A prepaid account has a bill for each of its due dates, since
what is charged on one is missing on the next, so the run goes round until none of them has another.

It can be killed at any moment: a chunk is kept whole or not at all, its numbers with it, and the next run finds
out from the accounts what is left. Several at once do no harm: an account that moved since it was read is taken
out of the chunk and decided again on its own. An account that cannot be billed is parked with the reason. A seller that
has a document of a later day already is left out: its accounts stay due.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial

from billing_core.accounts.account import Account
from billing_core.billing.bills import BilledAccount, Upto, bills
from billing_core.billing.issuing import bill_events
from billing_core.billing.run import BillingRunCompleted, NoBusinessDate, require_business_date, require_near
from billing_core.charging.identical import MemoOfIdenticalSubscriptions
from billing_core.invoicing.invoices import BillingHistory
from billing_core.kernel.errors import BillingError
from billing_core.kernel.events import Event
from billing_core.kernel.spans import ONE_DAY
from commands.billing.account import load_history
from commands.billing.chunk import ChunkWriter, Setting
from commands.billing.comparison import Compare
from commands.billing.issuable import IssuableDocuments
from commands.billing.numbers import draft_issue
from commands.billing.rerating import ReratingBacklog, facts_of
from commands.billing.run_ports import DueAccount, DueAccounts, RunSetting, RunTotals, pages_of
from commands.platform.bus import Bus
from commands.platform.ports import Append, Origin, Store
from commands.platform.progress import Progress

CHUNK_ACCOUNTS = 2_000


class BillingRun:
    """Runs and previews. `until` is exclusive, like the end of every period."""

    def __init__(
        self, store: Store, bus: Bus, accounts: DueAccounts, setting: RunSetting, rerating: ReratingBacklog
    ) -> None:
        self._store = store
        self._rerating = rerating
        self._bus = bus
        self._accounts = accounts
        self._setting = setting

    def run(self, until: date, origin: Origin, progress: Progress, on: date | None = None) -> RunTotals:
        """Bill everything due before `until`, with documents dated `on`, today unless said.

        A date that no seller can have is refused before another run is waited for, and also if that run made it so.
        """
        upto = Upto(until - ONE_DAY, on or origin.today)
        self._left_out(upto, origin.today)
        with self._setting.only_run():
            self._rerating.mark(origin, lambda accounts: None)
            writer = ChunkWriter(self._store, self._bus, origin, self._read_setting(upto, origin.today))
            for chunk in self._chunks(until, writer):
                writer.bill(chunk)
                progress(len(chunk))
            if writer.totals.bills:
                self._complete(until, upto.today, writer.totals, origin)
        return writer.totals

    def preview(
        self, until: date, today: date, progress: Progress, on: date | None = None, compare: Compare | None = None
    ) -> RunTotals:
        """The totals a run would have, decided in memory by the same rules; nothing is written.

        `compare` is handed the events of each bill.

        If it would begin with revisions that are to be noted, any account may be concerned by one of them.
        """
        setting = self._read_setting(Upto(until - ONE_DAY, on or today), today)
        memo = MemoOfIdenticalSubscriptions(setting.catalogue)
        totals = RunTotals(left_out=dict(setting.left_out))
        outstanding = self._rerating.outstanding()
        read = self._accounts.all_accounts if outstanding else partial(self._accounts.due_before, until)
        for chunk in pages_of(read, CHUNK_ACCOUNTS):
            for entry in chunk:
                if entry.account.seller in setting.left_out:
                    continue
                billed = BilledAccount(entry.account, partial(self._history, entry))
                for each in outstanding:
                    billed.apply(facts_of(entry.account, each))
                for events in self._preview_account(billed, setting, memo, totals):
                    if compare is not None:
                        compare(entry.account.number, events)
            progress(len(chunk))
        return totals

    def _preview_account(
        self,
        billed: BilledAccount,
        setting: Setting,
        memo: MemoOfIdenticalSubscriptions,
        totals: RunTotals,
    ) -> Iterator[Sequence[Event]]:
        account = billed.account
        try:
            for on, bill in bills(billed, setting.catalogue, setting.upto, memo):
                setting.issuable.add(account, bill.documents)
                events = bill_events(account, bill, draft_issue(setting.upto.today), on)
                totals.add(events)
                billed.apply(events)
                yield events
        except BillingError as error:
            totals.parked[account.number] = str(error)

    def _history(self, entry: DueAccount) -> BillingHistory:
        with self._store.transaction() as transaction:
            return load_history(transaction, entry.account.number, entry.version)

    def _complete(self, until: date, on: date, totals: RunTotals, origin: Origin) -> None:
        completed = BillingRunCompleted(
            effective_on=on,
            until=until,
            bills=totals.bills,
            invoices=totals.invoices,
            credit_notes=totals.credit_notes,
            parked=len(totals.parked),
        )
        with self._store.transaction() as transaction:
            transaction.append([Append(f"run/{origin.command_id}", 0, [completed])], (), origin)

    def _read_setting(self, upto: Upto, today: date) -> Setting:
        """What the run is made with."""
        left_out, sellers = self._left_out(upto, today), self._setting.sellers()
        issuable = IssuableDocuments(sellers, self._setting.numbers_taken(), self._setting.calendar, upto.today)
        return Setting(self._setting.tariffs(), sellers, upto, left_out, issuable)

    def _left_out(self, upto: Upto, today: date) -> dict[str, str]:
        """The sellers that can have no document of the business date, with the reason; refused if none can.

        Nothing is charged too far ahead.
        """
        require_near(upto.on + ONE_DAY, upto.today, "until")
        sellers, last_issued_on = self._setting.sellers(), self._setting.last_issued_on()
        refused: dict[str, NoBusinessDate] = {}
        for seller in sellers:
            try:
                require_business_date(upto.today, today, seller, last_issued_on.get(seller))
            except NoBusinessDate as error:
                refused[seller] = error
        if refused and len(refused) == len(sellers):
            raise next(iter(refused.values()))
        return {seller: str(error) for seller, error in refused.items()}

    def _chunks(self, until: date, writer: ChunkWriter) -> Iterator[Sequence[DueAccount]]:
        """The due accounts in order of number, round after round; one that was parked is not tried again.

        After each round it waits until the states show what was written, for the next round or the next run.
        """
        has_more = True
        while has_more:
            writer.has_more = False
            for page in pages_of(partial(self._accounts.due_before, until), CHUNK_ACCOUNTS):
                yield [entry for entry in page if not _is_passed_over(entry.account, writer.totals)]
            has_more = writer.has_more
            self._accounts.wait_for(writer.position)


def _is_passed_over(account: Account, totals: RunTotals) -> bool:
    return account.number in totals.parked or account.seller in totals.left_out

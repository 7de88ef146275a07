"""Book a batch of usage that was received whole on the accounts that it names, in the order of their numbers.

Some accounts at a time are one transaction: their facts, and the event that says how far the batch is booked. So a
record is booked once in spite of interruptions, and two processes that book the same batch never both write.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from billing_core.catalogue.tariffs import Catalogue
from billing_core.kernel.errors import BillingError
from billing_core.usage.batches import RefusedUsage, UsageBatchBooked, batch_name
from billing_core.usage.booking import DayRecords, book, no_account, refuse
from commands.platform.identity import new_id
from commands.platform.ports import Append, Origin, Store, VersionConflict
from commands.platform.progress import Progress
from commands.services.concerned_accounts import ConcernedAccounts
from commands.services.subscriptions import subscription_of
from commands.usage.batch import batch_now, load_batch, usage_stream
from commands.usage.ports import BatchId, UsageRecords, UsageTargets

CHUNK_DAYS = 5_000

AccountDays = tuple[str, list[DayRecords]]


class BookedElsewhere(Exception):
    """Another process has booked or discarded what was read to be booked."""


class Booking:
    """Books batches."""

    def __init__(self, store: Store, records: UsageRecords, targets: UsageTargets) -> None:
        self._store = store
        self._records = records
        self._targets = targets

    def book(self, batch: BatchId, origin: Origin, progress: Progress) -> None:
        """Book what is not booked yet; nothing before the batch was received whole."""
        while (state := batch_now(self._store, batch)).waits_to_be_booked:
            try:
                self._book_from(batch, state.booked_until, origin, progress)
            except BookedElsewhere:
                continue

    def _book_from(self, batch: BatchId, booked_until: str, origin: Origin, progress: Progress) -> None:
        for some, is_complete in _chunks(self._records.days(batch, booked_until)):
            booked_until = self._book_anew(batch, booked_until, some, origin, is_complete=is_complete)
            progress(_count(some))

    def _book_anew(
        self, batch: BatchId, booked_until: str, some: Sequence[AccountDays], origin: Origin, *, is_complete: bool
    ) -> str:
        """Book the records of some accounts, again after each change of one of them."""
        while True:
            try:
                return self._book(batch, booked_until, some, origin, is_complete=is_complete)
            except VersionConflict:
                continue

    def _book(
        self, batch: BatchId, booked_until: str, some: Sequence[AccountDays], origin: Origin, *, is_complete: bool
    ) -> str:
        """Book the records of some accounts; the number of the last of them."""
        known = self._targets.accounts_if_known([number for number, _ in some])
        catalogue = self._targets.tariffs()  # Read after the accounts: it has every tariff that they name.
        refused: list[RefusedUsage] = []
        with self._store.transaction() as transaction:
            state, version = load_batch(transaction, batch)
            if state.booked_until != booked_until or not state.waits_to_be_booked:
                raise BookedElsewhere
            concerned = ConcernedAccounts(transaction)
            for account in known.values():
                concerned.add(*account)
            for number, days in some:
                if number in known:
                    refused += self._book_account(number, days, batch, concerned, catalogue)
                else:
                    refused += [refuse(day, no_account(number)) for day in days]
            if refused:
                transaction.refuse_usage_records(*batch, refused)
            until = some[-1][0] if some else booked_until
            fact = UsageBatchBooked(
                effective_on=origin.today,
                until_account=until,
                accounts=len(some),
                records=_count(some) - sum(entry.records for entry in refused),
                refused=tuple(refused),
                is_complete=is_complete,
            )
            appends = [*concerned.appends(), Append(usage_stream(batch), version, [fact])]
            transaction.append(appends, (), origin._replace(command_id=new_id(), causation_id=origin.command_id))
        return until

    def _book_account(
        self,
        number: str,
        days: Sequence[DayRecords],
        batch: BatchId,
        concerned: ConcernedAccounts,
        catalogue: Catalogue,
    ) -> list[RefusedUsage]:
        """Record what one account learns; what is refused of it."""
        account, refused = concerned.account(number), []
        for code, of_code in groupby(days, key=lambda day: day.subscription):
            days_of_code = list(of_code)
            try:
                subscription = subscription_of(account, code)
            except BillingError as error:
                refused += [refuse(day, error) for day in days_of_code]
                continue
            booked = book(subscription, account.billing_days, days_of_code, catalogue, batch_name(*batch))
            concerned.record(number, code, booked.facts)
            refused += booked.refused
        return refused


def _count(some: Sequence[AccountDays]) -> int:
    return sum(len(day.quantities) for _, days in some for day in days)


def _chunks(days: Iterator[DayRecords]) -> Iterator[tuple[list[AccountDays], bool]]:
    """The days of whole accounts, about so many at a time, and whether these are the last; at least one chunk."""
    some: list[AccountDays] = []
    count = 0
    for number, of_account in groupby(days, key=lambda day: day.account):
        if count >= CHUNK_DAYS:
            yield some, False
            some, count = [], 0
        some.append((number, list(of_account)))
        count += len(some[-1][1])
    yield some, True

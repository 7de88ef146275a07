"""Book a batch of usage that was received whole on the accounts that it names, in the order of their numbers.

Some accounts at a time are one transaction: their facts, and the event that says how far the batch is booked. So a
record is booked once in spite of interruptions, and two processes that book the same batch never both write. Days that
were refused are tried again in the same way (`book_refused`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

from billing_core.catalogue.tariffs import Catalogue
from billing_core.kernel.errors import BillingError
from billing_core.kernel.events import Event
from billing_core.usage.mediation.batches import RefusedUsage, UsageBatch, UsageBatchBooked, UsageBatchBookedAgain
from billing_core.usage.mediation.booking import Booked, DayRecords, book, no_account, rated_alone, refuse
from billing_core.usage.mediation.deliveries import batch_name
from billing_core.usage.rating.pools import UsedComponent
from commands.accounts import KnownAccount
from commands.platform.identity import new_id
from commands.platform.ports import Append, Origin, Store, Transaction, VersionConflict
from commands.platform.progress import Progress
from commands.services.concerned_accounts import ConcernedAccounts
from commands.services.subscriptions import subscription_of
from commands.usage.batch import batch_now, load_batch, usage_stream
from commands.usage.ports import BatchId, UsageRecords, UsageTargets
from commands.usage.rating import Rating

CHUNK_DAYS = 5_000

AccountDays = tuple[str, list[DayRecords]]
Targets = tuple[Mapping[str, KnownAccount], Catalogue]


class BookedElsewhere(Exception):
    """Another process has booked what was read to be booked."""


class Booking:
    """Books batches."""

    def __init__(self, store: Store, records: UsageRecords, targets: UsageTargets, rating: Rating) -> None:
        self._store = store
        self._records = records
        self._targets = targets
        self._rating = rating

    def book(self, batch: BatchId, origin: Origin, progress: Progress) -> None:
        """Book what is not booked yet; nothing before the batch was received whole."""
        while (state := batch_now(self._store, batch)).waits_to_be_booked:
            try:
                self._book_from(batch, state, origin, progress)
            except BookedElsewhere:
                continue

    def _book_from(self, batch: BatchId, state: UsageBatch, origin: Origin, progress: Progress) -> None:
        booked_until = state.booked_until
        for some, is_complete in _chunks(self._days(batch, state)):
            booked_until = self._book_anew(batch, booked_until, some, origin, is_complete=is_complete)
            progress(_count(some))

    def _days(self, batch: BatchId, state: UsageBatch) -> Iterator[DayRecords]:
        """What is not booked yet; of records that are left to rating their number."""
        assert state.received is not None
        return self._records.days_of_rows(state.received, state.booked_until, rated_alone(self._targets.tariffs()))

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
        targets = self._targets_of(some)
        with self._store.transaction() as transaction:
            state, version = load_batch(transaction, batch)
            if state.booked_until != booked_until or not state.waits_to_be_booked:
                raise BookedElsewhere
            concerned, booked = self._decide(transaction, batch, some, targets)
            until = some[-1][0] if some else booked_until
            fact = UsageBatchBooked(
                effective_on=origin.today,
                until_account=until,
                accounts=len(some),
                records=_count(some) - booked.left - sum(entry.records for entry in booked.refused),
                late=booked.late,
                rated=booked.left,
                refused=tuple(booked.refused),
                is_complete=is_complete,
            )
            _append(transaction, batch, version, concerned, fact, origin)
        return until

    def book_refused(self, batch: BatchId, origin: Origin) -> int:
        """Try days of a batch again that were refused when it was booked; how many of their records are booked now."""
        state = batch_now(self._store, batch)
        if state.received is None or not state.refused:
            return 0
        some = _chunks(self._records.days_of_refused(state.received, state.refused))
        return sum(self._book_refused_anew(batch, days, origin) for days, _ in some if days)

    def _book_refused_anew(self, batch: BatchId, some: Sequence[AccountDays], origin: Origin) -> int:
        while True:
            try:
                return self._book_refused(batch, some, origin)
            except VersionConflict:
                continue

    def _book_refused(self, batch: BatchId, some: Sequence[AccountDays], origin: Origin) -> int:
        targets = self._targets_of(some)
        with self._store.transaction() as transaction:
            state, version = load_batch(transaction, batch)
            tried = {_day(day) for _, days in some for day in days}
            waiting = [entry for entry in state.refused if _day(entry) in tried]
            if len(waiting) < len(tried):
                return 0  # Another process has booked some of them meanwhile; what is left is tried again another time.
            concerned, booked = self._decide(transaction, batch, some, targets)
            still = {_day(entry) for entry in booked.refused}
            settled = tuple(entry for entry in waiting if _day(entry) not in still)
            if not settled:
                return 0
            records = sum(entry.records for entry in settled) - booked.left
            fact = UsageBatchBookedAgain(effective_on=origin.today, records=records, late=booked.late, settled=settled)
            _append(transaction, batch, version, concerned, fact, origin)
        return records

    def _targets_of(self, some: Sequence[AccountDays]) -> Targets:
        """The accounts of the records, and then the tariffs: these have every tariff that the accounts name."""
        known = self._targets.accounts_if_known([number for number, _ in some])
        return known, self._targets.tariffs()

    def _decide(
        self, transaction: Transaction, batch: BatchId, some: Sequence[AccountDays], targets: Targets
    ) -> tuple[ConcernedAccounts, Booked]:
        """What the accounts learn, and what is refused."""
        known, catalogue = targets
        concerned, found = ConcernedAccounts(transaction), Booked([], [])
        to_rate: dict[str, Sequence[UsedComponent]] = {}
        for account in known.values():
            concerned.add(*account)
        for number, days in some:
            if number in known:
                booked = self._book_account(number, days, batch, concerned, catalogue)
                found = _both(found, booked)
                if booked.to_rate:
                    to_rate[number] = booked.to_rate
            else:
                found.refused.extend(refuse(day, no_account(number)) for day in days)
        if to_rate:
            self._rating.rate(transaction, concerned, to_rate, catalogue)
        return concerned, found

    def _book_account(
        self,
        number: str,
        days: Sequence[DayRecords],
        batch: BatchId,
        concerned: ConcernedAccounts,
        catalogue: Catalogue,
    ) -> Booked:
        """Record what one account learns."""
        account, found = concerned.account(number), Booked([], [])
        for code, of_code in groupby(days, key=lambda day: day.subscription):
            days_of_code = list(of_code)
            try:
                subscription = subscription_of(account, code)
            except BillingError as error:
                found.refused.extend(refuse(day, error) for day in days_of_code)
                continue
            booked = book(subscription, account.billing_days, days_of_code, catalogue, batch_name(*batch))
            concerned.record(number, code, booked.facts)
            found = _both(found, booked)
        return found


def _both(one: Booked, other: Booked) -> Booked:
    """What became of the records of two subscriptions; their facts are recorded."""
    return Booked(
        [],
        [*one.refused, *other.refused],
        one.late + other.late,
        one.left + other.left,
        [*one.to_rate, *other.to_rate],
    )


def _append(
    transaction: Transaction, batch: BatchId, version: int, concerned: ConcernedAccounts, fact: Event, origin: Origin
) -> None:
    appends = [*concerned.appends(), Append(usage_stream(batch), version, [fact])]
    transaction.append(appends, (), origin._replace(command_id=new_id(), causation_id=origin.command_id))


def _day(entry: DayRecords | RefusedUsage) -> tuple[str, str, str, date]:
    return entry.account, entry.subscription, entry.component, entry.on


def _count(some: Sequence[AccountDays]) -> int:
    return sum(day.records for _, days in some for day in days)


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

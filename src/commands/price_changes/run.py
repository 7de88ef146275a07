"""Announced price changes: whom they concern and what they bring, on the live base; then scheduled.

A simulation writes nothing. To schedule is to publish the revisions, and to note on every account that was charged
beyond their dates already that these days cost something else: the next billing run posts the difference. It is done in
chunks, each one transaction with a note of how far it came, so it can be stopped at any moment and given again: each
account is noted once. While it lasts no billing run goes on, for that one would still charge by the old list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from uuid import uuid4, uuid5

import msgspec

from billing_core.accounts import apply_account
from billing_core.billing.repricing import (
    Repricing,
    RepricingAdvanced,
    reprice,
)
from billing_core.events import Event
from billing_core.services.events import SubscriptionRepriced
from commands.accounts import account_stream
from commands.billing.run_ports import DueAccount
from commands.bus import Bus
from commands.catalogue import ReviseTariff, TariffComponent
from commands.ports import Append, Origin, Store, Transaction, VersionConflict
from commands.price_changes.announced import Base, PriceChangeList, decided
from commands.price_changes.effect import Effect, PriceChangeEffect

CHUNK_ACCOUNTS = 5_000

Progress = Callable[[int], None]


class Scheduled(msgspec.Struct):
    """What was published and noted; `is_repetition` says that all of it was done before."""

    revised: list[str]
    accounts: int
    subscriptions: int
    is_repetition: bool


class PriceChangeRun:
    """Simulates and schedules price changes."""

    def __init__(self, store: Store, bus: Bus, base: Base) -> None:
        self._store = store
        self._bus = bus
        self._base = base

    def simulate(self, listed: PriceChangeList, today: date, progress: Progress) -> PriceChangeEffect:
        """Whom the changes concern and what they bring; nothing is written."""
        found = Effect(decided(listed, self._base.tariffs()), today)
        for chunk in self._chunks(""):
            for entry in chunk:
                found.look_at(entry.account)
            progress(len(chunk))
        return found.told()

    def schedule(self, listed: PriceChangeList, origin: Origin, progress: Progress) -> Scheduled:
        """Publish the revisions, and note on the accounts that were charged beyond them what is to be compared."""
        with self._base.only_run():
            changes = decided(listed, self._base.tariffs())
            revised_tariffs = self._publish(listed, changes, origin)
            writer = _Writer(self._store, changes, f"run/{listed.run_id}", origin)
            is_repetition = writer.is_complete
            if not is_repetition:
                for chunk in self._chunks(writer.until_account):
                    writer.note(chunk)
                    progress(len(chunk))
                writer.complete()
            return Scheduled(revised_tariffs, writer.accounts, writer.subscriptions, is_repetition)

    def _publish(self, listed: PriceChangeList, changes: Sequence[Repricing], origin: Origin) -> list[str]:
        position, published = 0, []
        for number, change in enumerate(changes):
            command = ReviseTariff(
                tariff=change.before.code,
                valid_from=change.revision.valid_from,
                components=[TariffComponent.of(component) for component in change.revision.components],
            )
            identified = origin._replace(
                command_id=uuid5(listed.run_id, f"revise {number}"), correlation_id=listed.run_id
            )
            position = max(position, self._bus.execute(command, identified).position)
            published.append(change.before.code)
        self._base.wait_for(position)
        return published

    def _chunks(self, after: str) -> Iterator[Sequence[DueAccount]]:
        while chunk := self._base.all_accounts(after, CHUNK_ACCOUNTS):
            yield chunk
            after = chunk[-1].account.number


# --- noting what is to be compared


class _Progress(msgspec.Struct):
    until_account: str = ""
    accounts: int = 0
    subscriptions: int = 0
    is_complete: bool = False


def _apply(state: _Progress | None, fact: Event) -> _Progress | None:
    if not isinstance(fact, RepricingAdvanced):
        return state
    before = state or _Progress()
    accounts, subscriptions = before.accounts + fact.accounts, before.subscriptions + fact.subscriptions
    return _Progress(fact.until_account, accounts, subscriptions, fact.is_complete)


class _Writer:
    """Writes chunk after chunk, each with how far it came in the stream of the run."""

    def __init__(self, store: Store, changes: Sequence[Repricing], stream: str, origin: Origin) -> None:
        self._store = store
        self._changes = changes
        self._stream = stream
        self._origin = origin
        with store.transaction() as transaction:
            progress, self._version = transaction.load(stream, _apply)
        found = progress or _Progress()
        self.until_account, self.is_complete = found.until_account, found.is_complete
        self.accounts, self.subscriptions = found.accounts, found.subscriptions

    def note(self, chunk: Sequence[DueAccount]) -> None:
        """Note what is to be compared on the accounts of a chunk; one that moved meanwhile is looked at again."""
        moved: set[str] = set()
        while True:
            try:
                with self._store.transaction() as transaction:
                    noted = [append for entry in chunk if (append := self._noted(entry, moved, transaction)).events]
                    self._advance(transaction, noted, chunk[-1].account.number)
                return
            except VersionConflict:
                versions = self._store.versions([account_stream(entry.account.number) for entry in chunk])
                found = {
                    entry.account.number
                    for entry in chunk
                    if versions[account_stream(entry.account.number)] != entry.version
                }
                if not found:
                    raise
                moved = found

    def complete(self) -> None:
        """Note that all accounts were looked at."""
        with self._store.transaction() as transaction:
            self._advance(transaction, [], self.until_account, is_complete=True)

    def _noted(self, entry: DueAccount, moved: set[str], transaction: Transaction) -> Append:
        account, version = entry.account, entry.version
        stream = account_stream(account.number)
        if account.number in moved:
            latest, version = transaction.load(stream, apply_account)
            assert latest is not None
            account = latest
        events: list[SubscriptionRepriced] = []
        for subscription in account.subscriptions.values():
            events += reprice(subscription, self._changes)
        return Append(stream, version, events)

    def _advance(
        self, transaction: Transaction, noted: Sequence[Append], until: str, *, is_complete: bool = False
    ) -> None:
        subscriptions = sum(len(append.events) for append in noted)
        advanced = RepricingAdvanced(
            effective_on=self._origin.today,
            until_account=until,
            accounts=len(noted),
            subscriptions=subscriptions,
            is_complete=is_complete,
        )
        appends = [*noted, Append(self._stream, self._version, [advanced])]
        transaction.append(appends, (), self._origin._replace(command_id=uuid4(), causation_id=self._origin.command_id))
        self._version += 1
        self.until_account = until
        self.accounts += len(noted)
        self.subscriptions += subscriptions

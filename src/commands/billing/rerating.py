"""Re-rating after a revision of a tariff: every account that was charged beyond it is compared again.

A revision may begin on days that were charged already. On each account that it concerns a fact is written that makes
the next billing compare these days, in chunks, each one transaction with a note of how far it came. So it can be
stopped at any moment and continues from there, and each account is marked once. A billing run begins with it. Only one
is active at a time, and no billing run at the same time, for that run might still charge by the old list.

A bill of a single account before that, and the preview of a run, ask what is still to be marked on the account.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import date
from typing import NamedTuple, Protocol

from billing_core.accounts.account import Account
from billing_core.billing.repricing import (
    NOT_BEGUN,
    Repricing,
    RepricingAdvanced,
    RepricingProgress,
    apply_repricing,
    reprice,
    repricings,
)
from billing_core.catalogue.tariffs import Catalogue
from billing_core.services.events import SubscriptionRepriced
from commands.accounts import account_stream, load_account
from commands.billing.run_ports import DueAccount
from commands.platform.concurrent_changes import written_around_changes
from commands.platform.identity import new_id
from commands.platform.ports import Append, Origin, Store, Transaction
from commands.platform.progress import Progress

CHUNK_ACCOUNTS = 5_000
REPRICING = "repricing/"

Facts = dict[str, list[SubscriptionRepriced]]


class Base(Protocol):
    """The live base."""

    def all_accounts(self, after_account: str, limit: int) -> Sequence[DueAccount]:
        """The latest states of all accounts, in order of number."""

    def wait_for(self, position: int) -> None:
        """Return when the states show every event up to the position."""

    def wait_for_all(self) -> None:
        """Return when the states show everything that was written before."""

    def tariffs(self) -> Catalogue:
        """All published tariffs by code."""

    def repricings(self) -> Mapping[str, RepricingProgress]:
        """How far the revisions were marked, by stream."""


class Marked(NamedTuple):
    """How many accounts and subscriptions are to be compared."""

    accounts: int
    subscriptions: int


class Outstanding(NamedTuple):
    """A revision that is not marked on all accounts yet."""

    change: Repricing
    stream: str
    progress: RepricingProgress


class ReratingBacklog:
    """Marks accounts for re-rating, for every change of a list in the catalogue that was not brought to them yet.

    An account that the states do not show would never be looked at again, so they are waited for.
    """

    def __init__(self, store: Store, base: Base) -> None:
        self._store = store
        self._base = base

    def outstanding(self) -> list[Outstanding]:
        """The revisions that are not marked on all accounts yet."""
        known = self._base.repricings()
        found = []
        for tariff in self._base.tariffs().values():
            for change in repricings(tariff):
                stream = _stream(change)
                progress = known.get(stream, NOT_BEGUN)
                if not progress.is_complete:
                    found.append(Outstanding(change, stream, progress))
        return found

    def mark(self, origin: Origin, progress: Progress) -> Marked:
        """Mark all of them, with one look at each account; how many were concerned since it was begun or went on."""
        outstanding = self.outstanding()
        if outstanding:
            self._base.wait_for_all()
        accounts = subscriptions = 0
        while outstanding:
            after = min(each.progress.until_account for each in outstanding)
            chunk = self._base.all_accounts(after, CHUNK_ACCOUNTS)
            facts, outstanding, position = self._note(chunk, outstanding, origin)
            accounts += len(facts)
            subscriptions += sum(map(len, facts.values()))
            progress(len(chunk))
            if not chunk:
                self._base.wait_for(position)
        return Marked(accounts, subscriptions)

    def _note(
        self, chunk: Sequence[DueAccount], outstanding: Sequence[Outstanding], origin: Origin
    ) -> tuple[Facts, list[Outstanding], int]:
        """Write what follows for a chunk, and how far it came; an empty chunk is the end.

        Accounts that others change meanwhile are looked at again.
        """
        versions = {account_stream(entry.account.number): entry.version for entry in chunk}

        def write(changed: Set[str]) -> tuple[Facts, list[Outstanding], int]:
            with self._store.transaction() as transaction:
                return self._write(chunk, changed, outstanding, transaction, origin)

        return written_around_changes(self._store, versions, write)[0]

    def _write(
        self,
        chunk: Sequence[DueAccount],
        changed: Set[str],
        outstanding: Sequence[Outstanding],
        transaction: Transaction,
        origin: Origin,
    ) -> tuple[Facts, list[Outstanding], int]:
        appends: list[Append] = []
        facts: Facts = {}
        concerned = [Marked(0, 0) for _ in outstanding]
        for entry in chunk:
            account, version = entry.account, entry.version
            if account_stream(account.number) in changed:
                account, version = load_account(transaction, account.number)
            for place, each in enumerate(outstanding):
                found = facts_of(account, each)
                if found:
                    known = concerned[place]
                    concerned[place] = Marked(known.accounts + 1, known.subscriptions + len(found))
                    facts.setdefault(account.number, []).extend(found)
            if account.number in facts:
                appends.append(Append(account_stream(account.number), version, facts[account.number]))
        advanced = [
            _advanced(each, marked, chunk, origin.today) for each, marked in zip(outstanding, concerned, strict=True)
        ]
        for each, fact in zip(outstanding, advanced, strict=True):
            appends.append(Append(each.stream, each.progress.version, [fact]))
        identified = origin._replace(command_id=new_id(), causation_id=origin.command_id)
        position = transaction.append(appends, (), identified)
        left = [
            each._replace(progress=apply_repricing(each.progress, fact) or NOT_BEGUN)
            for each, fact in zip(outstanding, advanced, strict=True)
            if not fact.is_complete
        ]
        return facts, left, position


def rerating_of(account: Account, catalogue: Catalogue, transaction: Transaction) -> list[SubscriptionRepriced]:
    """The outstanding marks on one account.

    The changes of a list are marked in their order, so before one that is complete all are.
    """
    found: list[SubscriptionRepriced] = []
    for tariff in catalogue.values():
        for change in reversed(repricings(tariff)):
            stream = _stream(change)
            progress = transaction.load(stream, apply_repricing)[0] or NOT_BEGUN
            if progress.is_complete:
                break
            found += facts_of(account, Outstanding(change, stream, progress))
    return sorted(found, key=lambda fact: fact.list_change)


def facts_of(account: Account, each: Outstanding) -> list[SubscriptionRepriced]:
    """The marks of an outstanding revision for the subscriptions of an account that was not examined yet."""
    if account.number <= each.progress.until_account:
        return []
    subscriptions = account.subscriptions.values()
    return [fact for subscription in subscriptions for fact in reprice(subscription, [each.change])]


def _stream(change: Repricing) -> str:
    return f"{REPRICING}{change.before.code}/{change.number}"


def _advanced(each: Outstanding, marked: Marked, chunk: Sequence[DueAccount], on: date) -> RepricingAdvanced:
    until = chunk[-1].account.number if chunk else each.progress.until_account
    return RepricingAdvanced(
        effective_on=on,
        until_account=max(until, each.progress.until_account),
        accounts=marked.accounts,
        subscriptions=marked.subscriptions,
        is_complete=not chunk,
    )

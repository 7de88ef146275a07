"""The ports of the dunning run, and its totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Protocol

import msgspec

from billing_core.accounts.account import Account
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.charges import ChargesPosted
from billing_core.dunning.facts import DunningStepTaken, SuspensionPutOff
from billing_core.dunning.policies import PolicyVersions
from billing_core.dunning.runs import LastRun, StandingCompared
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, zero
from billing_core.parties.sellers import Seller
from billing_core.services.events import SubscriptionResumed, SubscriptionSuspended, SubscriptionTerminated
from billing_core.services.suspension_reasons import SuspensionReason
from billing_core.time.due_dates import Calendar
from commands.billing.run_ports import DueAccount


class DunnedAccounts(Protocol):
    """The latest account states, kept by a projection."""

    def dunned_before(self, until: date, after_account: str, limit: int) -> Sequence[DueAccount]:
        """Accounts with a policy and an item due before that date, or a service that may return, in order of number."""

    def expected_dunned(self, until: date) -> int:
        """About how many accounts a run will look at; for showing progress."""

    def wait_for(self, position: int) -> None:
        """Return when the states show every event up to the position."""


class DunningSetting(Protocol):
    """The data that the run needs in addition to the accounts, read once."""

    def dunning_policies(self) -> Mapping[str, PolicyVersions]:
        """All policies with their publications, by code."""

    def suspension_reasons(self) -> Mapping[str, SuspensionReason]:
        """The reasons for suspensions that are defined or ready, by code."""

    def tariffs(self) -> Catalogue:
        """All published tariffs by code."""

    def sellers(self) -> Mapping[str, tuple[Seller, int]]:
        """All sellers with their versions by code."""

    def calendar(self, country: str) -> Calendar:
        """Which days are worked in a country, as a transaction says it."""

    def last_dunning_run(self) -> tuple[LastRun | None, int]:
        """The last run, and the version of the stream of runs."""

    def only_dunning_run(self) -> AbstractContextManager[None]:
        """Wait until no other dunning run is active, and make other ones wait."""


class DunningTotals(msgspec.Struct):
    """The totals of a run or of a preview: accounts looked at and dunned, steps by `policy/step`, and what followed.
    What a step causes by a reaction, as a write-off, is not among them. `put_off` are accounts whose services are
    suspended later, at an hour or on a day at which the policy suspends.

    `standing` are the accounts by the last step taken on their open items, as the run leaves them; `kept` those of them
    that it found there. `parked` are accounts that could not be decided, with the reason.
    """

    accounts: int = 0
    dunned: int = 0
    steps: dict[str, int] = {}
    fees: dict[str, Money] = {}
    suspended: int = 0
    put_off: int = 0
    returned: int = 0
    terminated: int = 0
    standing: dict[str, int] = {}
    kept: dict[str, int] = {}
    parked: dict[str, str] = {}

    def add(self, events: Sequence[Event], before: str, now: str) -> None:
        """Count what was decided on one account, and its step as it was found and as it is left; `""` is none."""
        self.accounts += 1
        self.dunned += bool(events)
        for fact in events:
            self._add_fact(fact)
        if now:
            _count(self.standing, now)
            if now == before:
                _count(self.kept, now)

    def _add_fact(self, fact: Event) -> None:
        match fact:
            case DunningStepTaken():
                _count(self.steps, f"{fact.policy}/{fact.step}")
            case ChargesPosted():
                for charge in fact.charges:
                    _add(self.fees, charge.amount)
            case SubscriptionSuspended():
                self.suspended += 1
            case SuspensionPutOff():
                self.put_off += 1
            case SubscriptionResumed():
                self.returned += 1
            case SubscriptionTerminated():
                self.terminated += 1

    def merge(self, other: DunningTotals) -> None:
        """Add the totals of another part of the run."""
        for name in ("accounts", "dunned", "suspended", "put_off", "returned", "terminated"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for mine, theirs in ((self.steps, other.steps), (self.standing, other.standing), (self.kept, other.kept)):
            for what, count in theirs.items():
                _count(mine, what, count)
        for amount in other.fees.values():
            _add(self.fees, amount)
        self.parked |= other.parked


class DunningPreview(DunningTotals):
    """The totals that a run would have, compared with how the last one left the accounts."""

    compared: dict[str, StandingCompared] = msgspec.field(default_factory=dict)


def standing_of(account: Account) -> str:
    """The last step taken on the account's open items, as `policy/step`; empty if none was taken.

    Of several items it is the step that was taken last.
    """
    taken = account.dunning.taken
    steps = [taken[invoice][-1] for invoice in account.ledger.open_items if taken.get(invoice)]
    return f"{account.plan.dunning}/{max(steps, key=lambda step: step.on).step}" if steps else ""


def _count(counts: dict[str, int], what: str, times: int = 1) -> None:
    counts[what] = counts.get(what, 0) + times


def _add(sums: dict[str, Money], amount: Money) -> None:
    sums[amount.currency] = sums.get(amount.currency, zero(amount.currency)) + amount

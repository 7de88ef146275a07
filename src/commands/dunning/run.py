"""The dunning run: every account with a policy and money outstanding takes the steps that are due, in chunks.

A run is made for today. It goes through the accounts that have an open item due soon or overdue, or a service that may
return, in order of number; each is decided in memory by the same rule as one account alone, and the decisions of a
chunk are written in one transaction.

It can be killed at any moment: a chunk is kept whole or not at all, and the next run finds out from the accounts what
is left, for a step is taken once on an item. Several at once do no harm: an account that moved since it was read, as by
a payment in the same second, is taken out of the chunk and decided again on its own. One that cannot be decided is
parked with the reason until the next run.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple

from billing_core.accounts.account import Account
from billing_core.dunning.ladder import Ladder
from billing_core.dunning.policies import DaysFromDue, policy_on
from billing_core.dunning.runs import DunningRunCompleted, compared, require_run_day
from billing_core.kernel.errors import BillingError
from billing_core.kernel.events import Event
from billing_core.kernel.spans import ONE_DAY
from billing_core.usage.records import UsageEntry
from commands.accounts import account_stream
from commands.billing.account import load_history
from commands.billing.run_ports import DueAccount, pages_of
from commands.dunning.debtors import Setting, UsageOf, clock_of
from commands.dunning.run_ports import (
    DunnedAccounts,
    DunningPreview,
    DunningSetting,
    DunningTotals,
    standing_of,
)
from commands.dunning.taking import TakeDunningSteps, dun
from commands.platform.answers import read_plain
from commands.platform.bus import Bus
from commands.platform.concurrent_changes import written_around_changes
from commands.platform.identity import new_id
from commands.platform.ports import Append, Origin, Store
from commands.platform.progress import Progress

CHUNK_ACCOUNTS = 2_000
MOST_PARKED_NAMED = 100
RUNS = "dunning-run/all"


class Decided(NamedTuple):
    """What was decided on an account, as it was read; `before` is the step on which it stood."""

    number: str
    version: int
    events: Sequence[Event]
    before: str
    now: str

    @property
    def stream(self) -> str:
        return account_stream(self.number)


class DunningRun:
    """Runs and previews."""

    def __init__(self, store: Store, bus: Bus, accounts: DunnedAccounts, setting: DunningSetting) -> None:
        self._store = store
        self._bus = bus
        self._accounts = accounts
        self._setting = setting

    def run(self, origin: Origin, progress: Progress) -> DunningTotals:
        """Take the steps that are due today; refused if a run of a later day was made."""
        self._require_day(origin.today)
        totals = DunningTotals()
        with self._setting.only_dunning_run():
            self._require_day(origin.today)
            decider = Decider(self._setting, origin.today, origin.recorded_at)
            for page in pages_of(partial(self._accounts.dunned_before, decider.until), CHUNK_ACCOUNTS):
                self._dun(page, decider, totals, origin)
                progress(len(page))
            position = self._complete(totals, origin)
        self._accounts.wait_for(position)
        return totals

    def preview(self, on: date, progress: Progress) -> DunningPreview:
        """The totals a run on a day would have, decided by the same rule; nothing is written.

        Today, or a day to come: what is paid by then is not known.
        """
        last, _ = self._setting.last_dunning_run()
        require_run_day(last, on)
        totals, decider = DunningPreview(), Decider(self._setting, on)
        for page in pages_of(partial(self._accounts.dunned_before, decider.until), CHUNK_ACCOUNTS):
            for entry in page:
                try:
                    self._count(decider.decided(entry, self._usage_of(entry)), totals)
                except BillingError as error:
                    totals.parked[entry.account.number] = str(error)
            progress(len(page))
        totals.compared = compared(last, totals.kept, totals.standing)
        return totals

    def _usage_of(self, entry: DueAccount) -> UsageOf:
        number, version = entry.account.number, entry.version

        def usage_of(subscription: str) -> Sequence[UsageEntry]:
            with self._store.transaction() as transaction:
                return load_history(transaction, number, version).usage.get(subscription, ())

        return usage_of

    def _require_day(self, on: date) -> None:
        require_run_day(self._setting.last_dunning_run()[0], on)

    def _dun(self, page: Sequence[DueAccount], decider: Decider, totals: DunningTotals, origin: Origin) -> None:
        decided: list[Decided] = []
        alone: list[str] = []
        for entry in page:
            try:
                decided.append(decider.decided(entry))
            except BillingError:
                alone.append(entry.account.number)  # Decided again with its whole stream, and parked if it must be.
        moved = self._write([item for item in decided if item.events], origin)
        for item in decided:
            if item.stream not in moved:
                self._count(item, totals)
        for number in [*alone, *(item.number for item in decided if item.stream in moved)]:
            self._dun_alone(number, totals, origin)

    def _write(self, decided: Sequence[Decided], origin: Origin) -> Set[str]:
        """Write the decisions in one transaction, except those on accounts that others changed meanwhile."""
        if not decided:
            return frozenset()
        written_by = origin._replace(command_id=new_id(), causation_id=origin.command_id)

        def write(changed: Set[str]) -> None:
            appends = [Append(item.stream, item.version, item.events) for item in decided if item.stream not in changed]
            if appends:
                with self._store.transaction() as transaction:
                    transaction.append(appends, (), written_by)

        _, changed = written_around_changes(self._store, {item.stream: item.version for item in decided}, write)
        return changed

    def _dun_alone(self, number: str, totals: DunningTotals, origin: Origin) -> None:
        """The ordinary path: loads the account's stream and may be repeated on a conflict."""
        given = origin._replace(command_id=new_id(), causation_id=origin.command_id)
        try:
            answer = self._bus.execute(TakeDunningSteps(account=number), given)
        except BillingError as error:
            totals.accounts += 1
            totals.parked[number] = str(error)
            return
        totals.merge(read_plain(answer.result, DunningTotals))

    def _count(self, item: Decided, totals: DunningTotals) -> None:
        totals.add(item.events, item.before, item.now)

    def _complete(self, totals: DunningTotals, origin: Origin) -> int:
        """Note the run, unless nobody was to be looked at, or one of the same day left nothing to do: the position."""
        last, version = self._setting.last_dunning_run()
        is_known = last is not None and last.on == origin.today and not totals.dunned and not totals.parked
        if is_known or not (totals.accounts or (last and last.standing)):
            return 0
        completed = DunningRunCompleted(
            effective_on=origin.today, accounts=totals.accounts, steps=totals.steps, standing=totals.standing,
            suspended=totals.suspended, returned=totals.returned, parked=len(totals.parked),
            parked_first=dict(sorted(totals.parked.items())[:MOST_PARKED_NAMED]),
        )  # fmt: skip
        with self._store.transaction() as transaction:
            return transaction.append([Append(RUNS, version, [completed])], (), origin)


class Decider:
    """Decides accounts by what was read once for a run."""

    def __init__(self, setting: DunningSetting, on: date, at: datetime | None = None) -> None:
        """On a day, at an instant; without one it is not asked at which hours a policy suspends."""
        self.on = on
        self._at = at
        known = {code: policy_on(versions, on) for code, versions in setting.dunning_policies().items()}
        self._policies = {code: policy for code, policy in known.items() if policy is not None}
        self._catalogue = setting.tariffs()
        self._sellers = {code: seller for code, (seller, _) in setting.sellers().items()}
        self._calendars = {code: setting.calendar(each.address.country) for code, each in self._sellers.items()}
        self._reasons = setting.suspension_reasons()
        self._settings: dict[tuple[str, str], Setting] = {}

    @property
    def until(self) -> date:
        """The day before which an item is due for which a step may be due: days after today for a step ahead."""
        ahead = [
            -step.when.days for policy in self._policies.values() for step in policy.steps
            if isinstance(step.when, DaysFromDue)
        ]  # fmt: skip
        return self.on + ONE_DAY + timedelta(days=max(0, *ahead) if ahead else 0)

    def decided(self, entry: DueAccount, usage_of: UsageOf | None = None) -> Decided:
        """What is due on an account, which is moved on by it."""
        account, before = entry.account, standing_of(entry.account)
        setting = self._setting_of(account)
        if setting is None:
            return Decided(account.number, entry.version, (), before, before)
        events = dun(account, entry.version, setting._replace(usage_of=usage_of))
        return Decided(account.number, entry.version, events, before, standing_of(account))

    def _setting_of(self, account: Account) -> Setting | None:
        key = account.plan.dunning, account.seller
        if key not in self._settings and key[0] in self._policies:
            ladder = Ladder(self._policies[key[0]], self._calendars[account.seller])
            zone = self._sellers[account.seller].time_zone
            clock = None if self._at is None else clock_of(self._at, zone)
            self._settings[key] = Setting(ladder, self._catalogue, self.on, None, self._reasons, clock, zone)
        return self._settings.get(key)

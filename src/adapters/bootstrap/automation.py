"""Automation on one database: reactions, followers, wake-ups, timed work, and jobs that were asked for.

Everything in it belongs to one thread. Several of them, in one process or in several, share the work by locks and
checkpoints in the database, and do nothing twice.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from adapters.areas import exported
from adapters.bootstrap.application import Application
from adapters.bootstrap.card_followers import card_followers
from adapters.bootstrap.fiscal_printing import printing_followers
from adapters.bootstrap.job_runner import JobRunner
from adapters.bootstrap.kafka_out import kafka_followers
from adapters.bootstrap.link_mails import link_followers
from adapters.bootstrap.mail_out import mail_followers
from adapters.bootstrap.price_list_follower import price_list_followers
from adapters.bootstrap.registry import FOLLOWERS as ALL_FOLLOWERS
from adapters.bootstrap.registry import REACTIONS as ALL_REACTIONS
from adapters.bootstrap.registry import WAKES
from adapters.bootstrap.seller_clock import SellerClock
from adapters.bootstrap.settings import Settings, read_settings
from adapters.bootstrap.webhooks import webhook_followers
from adapters.bootstrap.works import works_of
from adapters.postgres.followers import FOLLOWERS, PostgresDeliveries
from adapters.postgres.log_lag import Lag, lags
from adapters.postgres.reactions import REACTIONS, URGENT, PostgresCheckpoints
from adapters.postgres.refused_commands import PostgresRefusedCommands
from adapters.postgres.timed_work import PostgresWorkRecords
from adapters.postgres.usage_sums import UsageSums
from adapters.postgres.wake_ups import PostgresDeadlines
from commands.platform.bus import SYSTEM
from commands.platform.followers import Follower, FollowerRunner
from commands.platform.identity import new_id
from commands.platform.page_followers import PageFollower, PageFollowerRunner
from commands.platform.ports import Origin
from commands.platform.progress import Progress, unwatched
from commands.platform.reactions import Reaction, Reactions
from commands.platform.refusals import Refusal, RefusedCommand
from commands.platform.timed_work import TimedWork, WorkRecord, WorkRunner
from commands.platform.wakes import WakeHandlers, WakeUps


class Done(msgspec.Struct):
    """How many events were reacted to, deadlines handed over, deliveries tried and jobs done, messages to customers
    tried, and which works.
    """

    events: int = 0
    wake_ups: int = 0
    deliveries: int = 0
    jobs: int = 0
    messages: int = 0
    works: list[WorkRecord] = []


class Automation:
    """The runners of one application."""

    def __init__(
        self,
        application: Application,
        reactions: Sequence[Reaction],
        wakes: WakeHandlers,
        followers: Sequence[Follower],
        works: Iterable[TimedWork] = (),
        clock: SellerClock | None = None,
        progress: Progress = unwatched,
        page_followers: Sequence[PageFollower] = (),
    ) -> None:
        tables, bus = application.tables, application.bus
        self._reactions = reactions
        self._followed = {each.name: each.on for each in followers} | {each.name: each.on for each in page_followers}
        self.application = application
        self.clock = clock or SellerClock(application.store, tables)
        log = application.log
        self.refused = PostgresRefusedCommands(tables)
        self.deliveries = PostgresDeliveries(tables)
        self.work_records = PostgresWorkRecords(tables)
        urgent = [each for each in reactions if each.is_urgent]
        others = [each for each in reactions if not each.is_urgent]
        self.reactions = Reactions(log, bus, PostgresCheckpoints(tables), self.clock, others)
        self.urgent_reactions = Reactions(log, bus, PostgresCheckpoints(tables, URGENT), self.clock, urgent)
        self.wake_ups = WakeUps(bus, PostgresDeadlines(tables), self.clock, wakes)
        self.followers: list[FollowerRunner | PageFollowerRunner] = [
            *(FollowerRunner(log, self.deliveries, self.clock, follower) for follower in followers),
            *(PageFollowerRunner(log, self.deliveries, self.clock, follower) for follower in page_followers),
        ]
        self.jobs = JobRunner(application, progress)
        self.usage_sums = UsageSums(tables)
        self.works = WorkRunner(self.work_records, works, self.clock.local_now, self._origin_of_work, progress)

    def register(self) -> None:
        """Note the positions and dates from which new reactions, followers and works begin."""
        self.reactions.register()
        self.urgent_reactions.register()
        for follower in self.followers:
            follower.register()
        self.works.register()

    def settle(self) -> Done:
        """Bring read models, reactions, wake-ups and followers to the end of the log, and of what they cause."""
        done = Done()
        while True:
            self.application.runner.catch_up()
            events = self.urgent_reactions.advance() + self.reactions.advance()
            wake_ups = self.wake_ups.advance()
            deliveries = sum(follower.advance() for follower in self.followers)
            if not events + wake_ups + deliveries:
                return done
            done.events += events
            done.wake_ups += wake_ups
            done.deliveries += deliveries

    def do_what_is_due(self) -> Done:
        """All that is due now, once, with what follows from it."""
        done = self.settle()
        while self.jobs.advance():
            done.jobs += 1
        names = self.works.advance()
        after = self.settle() if names or done.jobs else Done()
        done.events += after.events
        done.wake_ups += after.wake_ups
        done.deliveries += after.deliveries
        records = self.work_records.records()
        done.works = [records[name] for name in names]
        return done

    def retry(self, listed: RefusedCommand, actor: str) -> Refusal | None:
        """Give a refused command of a reaction or a wake-up again in the name of a person; why it is refused still."""
        runner = self._reactions_of(listed.cause.name) if listed.cause.kind == "reaction" else self.wake_ups
        return runner.retry(listed, actor, self.refused)

    def _reactions_of(self, name: str) -> Reactions:
        is_urgent = any(each.name == name and each.is_urgent for each in self._reactions)
        return self.urgent_reactions if is_urgent else self.reactions

    def reaction_lags(self, now: datetime) -> list[Lag]:
        """How far each reaction is behind."""
        kinds = {reaction.name: reaction.on for reaction in self._reactions}
        with self.application.tables.transaction("billing") as cursor:
            return lags(cursor, REACTIONS, kinds, now)

    def follower_lags(self, now: datetime) -> list[Lag]:
        """How far each follower is behind."""
        with self.application.tables.transaction("billing") as cursor:
            return lags(cursor, FOLLOWERS, self._followed, now)

    def _origin_of_work(self, by: str) -> Origin:
        identity = new_id()
        return Origin(
            actor=by,
            role=SYSTEM,
            channel="timed work",
            source=socket.gethostname(),
            command_id=identity,
            correlation_id=identity,
            recorded_at=self.clock.now(),
            today=self.clock.local_now().date(),
        )


def followers_of_views(application: Application, settings: Settings) -> list[Follower]:
    """The followers that deliver what queries answer, such as reports that are sent."""
    return [each for found in exported("adapters.views", "FOLLOWERS") for each in found(application, settings)]


def automation_of(
    application: Application, clock: SellerClock | None = None, progress: Progress = unwatched
) -> Automation:
    """All that the areas want to happen by itself, for one thread."""
    settings = read_settings()
    followers = [
        *ALL_FOLLOWERS,
        *mail_followers(application, settings),
        *link_followers(application, settings),
        *webhook_followers(application, settings),
        *price_list_followers(application),
        *printing_followers(application),
        *card_followers(application, settings, clock),
        *followers_of_views(application, settings),
    ]
    works = works_of(application, settings)
    to_kafka = kafka_followers(application, settings)
    return Automation(application, ALL_REACTIONS, WAKES, followers, works, clock, progress, to_kafka)

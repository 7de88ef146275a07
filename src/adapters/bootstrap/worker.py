"""The threads of a worker: each opens its own part of the program, with connections of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal, Protocol

from adapters.areas import exported
from adapters.bootstrap.application import Application
from adapters.bootstrap.automation import Automation, automation_of, followers_of_views
from adapters.bootstrap.kafka_loops import kafka_loops
from adapters.bootstrap.mail_in import MailPoll
from adapters.bootstrap.mail_out import NAME as MAIL
from adapters.bootstrap.registry import FOLLOWERS
from adapters.bootstrap.seller_clock import SellerClock
from adapters.bootstrap.session_batches import session_batches_of
from adapters.bootstrap.settings import Settings, read_settings
from adapters.bootstrap.usage_booking import SoonBooking
from adapters.bootstrap.usage_lag_watch import LagWatch
from adapters.bootstrap.webhooks import WebhookThreads
from adapters.postgres.followers import PostgresDeliveries
from adapters.processes.worker import Loop, Part, Worker
from commands.platform.followers import FollowerRunner
from commands.platform.progress import Progress

# How long a worker's thread pauses after it found nothing: for an event, a date or a time of day, a job, a mail, what
# sessions used, a batch of usage, usage that is late.
AT_ONCE = 0.2
SOON = 5.0
FOR_A_PERSON = 1.0
FOR_MAIL = 30.0
FOR_SESSIONS = 60.0
FOR_USAGE = 10.0
FOR_LAG = 120.0


WorkerPart = Literal["read-models", "timed-work", "subscriptions"]
# The loops of a part that is started alone; all others follow events or other systems, as subscriptions do.
OF_READ_MODELS, OF_TIMED_WORK = ("read models",), ("wake-ups", "timed work", "jobs")


class OpenAutomation(Protocol):
    """Puts together what happens by itself on an application, for one thread."""

    def __call__(self, application: Application, *, progress: Progress) -> Automation: ...


def worker_of(
    database_url: str, open_automation: OpenAutomation = automation_of, settings: Settings | None = None,
    part: WorkerPart | None = None,
) -> Worker:  # fmt: skip
    """A worker on a database, for all that the areas want to happen by itself, or for one part of it."""
    list(exported("adapters.views", "FOLLOWERS"))  # Imported here: threads that import at once may wait for each other.
    loops = _loops(database_url, open_automation, settings or read_settings())
    return Worker([each for each in loops if part in (None, _part_of(each))])


def _part_of(loop: Loop) -> WorkerPart:
    if loop.name in OF_READ_MODELS:
        return "read-models"
    return "timed-work" if loop.name in OF_TIMED_WORK else "subscriptions"


def _loops(database_url: str, open_automation: OpenAutomation, settings: Settings) -> list[Loop]:

    def loop(name: str, pause_seconds: float, step_of: Callable[[Automation], Callable[[], int]]) -> Loop:
        def open_part(progress: Progress) -> Part:
            application = Application(database_url, settings)
            return Part(step_of(open_automation(application, progress=progress)), application.close)

        return Loop(name, open_part, pause_seconds)

    def open_webhooks(progress: Progress) -> Part:
        application = Application(database_url, settings)
        threads = WebhookThreads(application, settings, SellerClock(application.store, application.tables))

        def close() -> None:
            threads.close()
            application.close()

        return Part(threads.advance, close)

    def open_mailboxes(progress: Callable[[int], None]) -> Part:
        application = Application(database_url, settings)
        return Part(MailPoll(application, settings, progress=progress).advance, application.close)

    def open_sessions(progress: Progress) -> Part:
        application = Application(database_url, settings)
        batches = session_batches_of(application, settings)
        return Part(lambda: batches.advance(datetime.now(UTC)), application.close)

    def open_booking(progress: Progress) -> Part:
        application = Application(database_url, settings)
        return Part(SoonBooking(application, progress).advance, application.close)

    def open_lag_watch(progress: Progress) -> Part:
        application = Application(database_url, settings)
        watch = LagWatch(application)
        return Part(lambda: watch.advance(datetime.now(UTC)), application.close)

    def open_reports(progress: Progress) -> Part:
        application = Application(database_url, settings)
        clock, deliveries = SellerClock(application.store, application.tables), PostgresDeliveries(application.tables)
        followers = followers_of_views(application, settings)
        runners = [FollowerRunner(application.log, deliveries, clock, follower) for follower in followers]
        return Part(lambda: sum(runner.advance() for runner in runners), application.close)

    def mail_loops() -> list[Loop]:
        reads = [Loop("mailboxes", open_mailboxes, FOR_MAIL)] if settings.mailboxes else []
        # Its follower is the first after those that are there in any case.
        sends = [loop(f"follower {MAIL}", AT_ONCE, _follower(len(FOLLOWERS)))] if settings.smtp_host else []
        reports = [Loop("scheduled reports", open_reports, FOR_A_PERSON)] if settings.smtp_host else []
        return [*reads, *sends, *reports]

    return [
        loop("read models", AT_ONCE, _read_models),
        loop("reactions", AT_ONCE, lambda automation: automation.reactions.advance),
        loop("urgent reactions", AT_ONCE, lambda automation: automation.urgent_reactions.advance),
        loop("wake-ups", SOON, _wake_ups),
        loop("timed work", SOON, lambda automation: lambda: len(automation.works.advance())),
        loop("usage sums", SOON, lambda automation: automation.usage_sums.advance),
        loop("jobs", FOR_A_PERSON, lambda automation: automation.jobs.advance),
        *(loop(f"follower {each.name}", AT_ONCE, _follower(place)) for place, each in enumerate(FOLLOWERS)),
        Loop("webhooks", open_webhooks, AT_ONCE),
        Loop("sessions", open_sessions, FOR_SESSIONS),
        Loop("usage booking", open_booking, FOR_USAGE),
        Loop("usage lag", open_lag_watch, FOR_LAG),
        *mail_loops(),
        *(each for loops in exported("adapters.jobs", "LOOPS") for each in loops(database_url, settings)),
        *kafka_loops(database_url, settings),
    ]


def _read_models(automation: Automation) -> Callable[[], int]:
    def follow() -> int:
        automation.application.runner.follow()
        return 0

    return follow


def _wake_ups(automation: Automation) -> Callable[[], int]:
    def wake() -> int:
        automation.application.runner.position()  # Deadlines that another version of the program made are refused.
        return automation.wake_ups.advance()

    return wake


def _follower(place: int) -> Callable[[Automation], Callable[[], int]]:
    return lambda automation: automation.followers[place].advance

"""The process in which everything happens that happens by itself."""

from __future__ import annotations

import signal
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adapters.cli.failures import REFUSED
from adapters.cli.options import AsJson, parse_day
from adapters.cli.session import opened, origin_of, require_right_clock, settings_of
from adapters.cli.show import print_json, say, tell
from adapters.processes.signals import not_ignored
from adapters.texts.amounts import counted

if TYPE_CHECKING:
    from adapters.bootstrap.automation import Done
    from adapters.processes.worker import Worker


def work(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, and end.")] = False,
    on: Annotated[
        date | None,
        typer.Option("--on", metavar="DATE", parser=parse_day, help="With --once: assume this date, not a later one."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Do what happens by itself: read models, reactions, followers, wake-ups, timed work, jobs, messages, mailboxes.

    It runs until Ctrl-C or SIGTERM, and then ends at the next safe point; with --once until all is done that is due,
    with exit code 1 if a nightly work failed or a mail could not be taken. It may be killed at any moment, and several
    may run on one database: nothing is done twice. All other commands work without it. See its work with `billing
    projections`, `billing reactions`, `billing followers`, `billing wake-ups`, `billing timed-work` and `billing jobs`.
    """
    if once:
        _do_what_is_due(context, on, as_json)
    elif on is not None or as_json:
        raise typer.BadParameter("needs --once, as a running worker uses the clock and prints no result")
    else:
        _keep_working(context)


def _do_what_is_due(context: typer.Context, on: date | None, as_json: bool) -> None:
    from adapters.bootstrap.automation import automation_of
    from adapters.bootstrap.mail_in import MailPoll
    from adapters.bootstrap.seller_clock import SellerClock
    from adapters.jobs.outreach import send_due

    with opened(context) as app:
        if on is not None:
            _require_begun(on, origin_of(context).today)
        clock = SellerClock(app.store, app.tables, on)
        require_right_clock(context, clock)
        polled = MailPoll(app, settings_of(context), clock).poll()
        done = automation_of(app, clock).do_what_is_due()
        done.messages = send_due(app, settings_of(context), clock) or 0
    if as_json:
        print_json(done)
    else:
        _tell_done(done)
    for fault in polled.faults:
        say(fault)
    if polled.faults or any(record.state != "done" for record in done.works):
        raise typer.Exit(REFUSED)


def _tell_done(done: Done) -> None:
    tell(f"Reacted to {counted(done.events, 'event')}, handed over {counted(done.wake_ups, 'deadline')}, "
         f"tried {counted(done.deliveries, 'delivery')}.")  # fmt: skip
    if done.jobs:
        tell(f"Did {counted(done.jobs, 'job')}.")
    if done.messages:
        tell(f"Tried {counted(done.messages, 'message')} to customers.")
    for record in done.works:
        tell(f"{record.name}: {record.state}: {record.outcome}")


def _require_begun(on: date, today: date) -> None:
    """Nothing is done for a day ahead: it would date documents ahead, and the nights until then would do nothing."""
    from billing_core.kernel.errors import InvalidValue

    if on > today:
        raise InvalidValue(f"is after today, {today}; what is due then is done then", field="on", value=on)


def _keep_working(context: typer.Context) -> None:
    from adapters.bootstrap.application import Application
    from adapters.bootstrap.seller_clock import SellerClock
    from adapters.bootstrap.settings import open_database
    from adapters.bootstrap.worker import worker_of

    settings = settings_of(context)
    with open_database(settings) as url:
        with closing(Application(url, settings)) as app:  # What does not fit is refused here, not by every thread.
            require_right_clock(context, SellerClock(app.store, app.tables))
        worker = worker_of(url, settings=settings)
        stop_at_signals(worker)
        say("Working. Ctrl-C or SIGTERM ends it.")
        worker.run()
        say("Ended.")


def stop_at_signals(worker: Worker) -> None:
    """The first signal asks the worker to end; another one ends it at once, as it would end any command."""
    heard = not_ignored(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in heard}

    def stop(*_: Any) -> None:
        worker.stop()
        for number, handler in before.items():
            signal.signal(number, handler)

    for number in before:
        signal.signal(number, stop)


COMMANDS = {"worker": work}

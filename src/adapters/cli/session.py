"""The context of every command: the actor, the database, and the application opened on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import typer

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application
    from adapters.bootstrap.jobs import Work
    from adapters.bootstrap.seller_clock import SellerClock
    from adapters.bootstrap.settings import Settings
    from adapters.views.query import Query
    from commands.platform.ports import Origin
    from commands.staff.rights import Rights


@dataclass
class Session:
    """The options before the command, and once the application is open the clock of the sellers.

    With an `operator` also the rights of who has signed in as this one.
    """

    actor: str | None
    data: Path | None
    clock_is_right: bool = False
    operator: str | None = None
    clock: SellerClock | None = None
    rights: Rights | None = None


def settings_of(context: typer.Context) -> Settings:
    """The database to work on: the folder named on the command line before anything from the environment."""
    from adapters.bootstrap.settings import Settings, read_settings

    session: Session = context.obj
    return read_settings() if session.data is None else Settings(database_url=None, data=session.data)


def origin_of(context: typer.Context, command_id: UUID | None = None, stream: str = "") -> Origin:
    """The origin of the command: who, from where, now.

    Today is the date in the time zone of the seller whose business the stream is, otherwise the earliest of all
    sellers'.
    Before the application is open it is the date of this machine. A clock that contradicts the log is refused, unless
    the command says that it is right.
    """
    from adapters.bootstrap.origins import origin_of_process
    from adapters.bootstrap.signed_in import in_the_name_of

    session: Session = context.obj
    today = None
    if session.clock is not None:
        require_right_clock(context, session.clock)
        today = session.clock.today_of([stream])[stream]
    origin = origin_of_process(session.actor, today, command_id)
    return origin if session.rights is None else in_the_name_of(session.rights, origin)


def require_right_clock(context: typer.Context, clock: SellerClock) -> None:
    """Refuse a clock that contradicts the log, unless the command says that it is right."""
    session: Session = context.obj
    if not session.clock_is_right:
        clock.require_right()


def work_of(app: Application, origin: Origin, file: Path | None = None, *, dry_run: bool = False) -> Work:
    """Long work that is done at once, with bars at the terminal, in place of a job that a worker does."""
    from adapters.bootstrap.jobs import Work
    from adapters.cli.progress import progress

    return Work(app, origin, progress, origin.recorded_at, file, dry_run)


@contextmanager
def opened(context: typer.Context) -> Iterator[Application]:
    """The application, for a command that writes."""
    from adapters.bootstrap.application import open_application
    from adapters.bootstrap.seller_clock import SellerClock

    session: Session = context.obj
    with open_application(settings_of(context)) as application:
        session.clock = SellerClock(application.store, application.tables)
        try:
            yield application
        finally:
            session.clock = None


@contextmanager
def opened_as_operator(context: typer.Context) -> Iterator[Application]:
    """The application, for a command of the operator who is named by `--as` and signs in; of anybody without it."""
    from adapters.bootstrap.signed_in import sign_in_at_terminal

    session: Session = context.obj
    with opened(context) as application:
        if session.operator is not None:
            session.rights = sign_in_at_terminal(application, session.operator, _typed)
        try:
            yield application
        finally:
            session.rights = None


def _typed(what: str) -> str:
    found: str = typer.prompt(what, hide_input=True, err=True)
    return found


@contextmanager
def opened_to_read(context: typer.Context, asof: str | None = None) -> Iterator[Application]:
    """The application for a command that shows something: its live read models caught up, or those as of a moment."""
    with opened(context) as application:
        if asof is None:
            application.runner.catch_up()
        else:
            application.answer_as_of(asof)
        yield application


def answer_to(context: typer.Context, query: Query, asof: str | None = None) -> Any:
    """The answer to a query of the API, from the live read models caught up, or from those as of a moment."""
    from adapters.views.query import Reading, queries

    with opened_to_read(context, asof) as app:
        return queries()[type(query)](query, Reading(app, app.queries, app.queries.on or origin_of(context).today))

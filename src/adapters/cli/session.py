"""The context of every command: the actor, the database, and the application opened on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import typer

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application
    from adapters.bootstrap.settings import Settings
    from commands.platform.ports import Origin


class Session(NamedTuple):
    """The options before the command."""

    actor: str | None
    data: Path | None


def settings_of(context: typer.Context) -> Settings:
    """The database to work on: the folder named on the command line before anything from the environment."""
    from adapters.bootstrap.settings import Settings

    session: Session = context.obj
    return Settings() if session.data is None else Settings(database_url=None, data=session.data)


def origin_of(context: typer.Context, command_id: UUID | None = None) -> Origin:
    """The origin of the command: who, from where, now."""
    from adapters.bootstrap.origins import origin_of_process

    session: Session = context.obj
    return origin_of_process(session.actor, command_id=command_id)


@contextmanager
def opened(context: typer.Context) -> Iterator[Application]:
    """The application, for a command that writes."""
    from adapters.bootstrap.application import open_application

    with open_application(settings_of(context)) as application:
        yield application


@contextmanager
def opened_to_read(context: typer.Context, asof: str | None = None) -> Iterator[Application]:
    """The application for a command that shows something: its live read models caught up, or those as of a moment."""
    with opened(context) as application:
        if asof is None:
            application.runner.catch_up()
        else:
            application.answer_as_of(asof)
        yield application

"""`billing demo`: a year of a made-up operator, from its first subscriber to the proof that everything holds.

It needs no other file, and works on a database of its own in its own folder, which is made anew each time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.failures import REFUSED

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application

DATABASE_FOLDER = "database"
DOCUMENTS_FOLDER = "documents"


def show_demo(
    folder: Annotated[
        Path,
        typer.Option("--folder", metavar="FOLDER", file_okay=False, help="The folder for its database and documents."),
    ] = Path("demo-output"),
    subscribers: Annotated[
        int, typer.Option("--subscribers", min=20, max=100_000, help="The number of subscribers.")
    ] = 1_000,
) -> None:
    """Show the program at work: a year of a made-up operator.

    Makes up subscribers, bills a year, takes payments, corrects the past, explains an account, writes invoices as PDF,
    and checks all invariants. Your own data are not touched.
    """
    from adapters.cli.commands.demo_story import DemoStory

    with fresh_application(folder / DATABASE_FOLDER) as app:
        story = DemoStory(app, folder / DATABASE_FOLDER, folder / DOCUMENTS_FOLDER, subscribers)
        everything_holds = story.tell_all()
    if not everything_holds:
        raise typer.Exit(REFUSED)


@contextmanager
def fresh_application(data_folder: Path) -> Iterator[Application]:
    """The application on an empty database in a folder; what an earlier demo left in the database is dropped."""
    import psycopg
    from psycopg import sql

    from adapters.bootstrap.application import open_application
    from adapters.bootstrap.initialising import initialise
    from adapters.bootstrap.settings import Settings
    from adapters.postgres.server import DATABASE, create_database, running_server

    with running_server(data_folder) as server_url:
        with psycopg.connect(server_url, dbname="postgres", autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(DATABASE)))
        database_url = create_database(server_url, DATABASE)
        initialise(database_url)
        with open_application(Settings(database_url=database_url, data=data_folder)) as application:
            yield application


COMMANDS = {"demo": show_demo}

"""Set a database up, or bring it up to date."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.options import AsJson
from adapters.cli.session import opened, origin_of, settings_of
from adapters.cli.show import print_json, tell


def init(
    context: typer.Context,
    administrator: Annotated[
        str, typer.Option("--administrator", metavar="OPERATOR", help="Register the first administrator.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Set up the database, or bring it up to date.

    No data are lost. With --administrator the first one who may sign in over HTTP is registered, and gets a one-time
    password; there is no default password.
    """
    from adapters.bootstrap.initialising import initialise
    from adapters.bootstrap.settings import open_database

    settings = settings_of(context)
    with open_database(settings) as url:
        applied, event_types, outdated = initialise(url)
    if as_json:
        print_json({"applied": applied, "event_types": event_types, "outdated": outdated})
        return
    news = [*applied, *([f"{len(event_types)} event types"] if event_types else [])]
    done = f"applied {', '.join(news)}" if news else "it was up to date"
    if outdated:
        tell(f"The store is ready; {done}. Now run `billing rebuild --changed` to build {', '.join(outdated)}.")
    else:
        tell(f"The database is ready; {done}.")
    if administrator:
        tell(f"The one-time password of {administrator} is {_let_in(context, administrator)}")


def _let_in(context: typer.Context, administrator: str) -> str:
    """Register the first administrator; the one-time password."""
    from adapters.bootstrap.administrators import let_in
    from billing_core.kernel.errors import RuleViolation
    from commands.staff.operators import operator_stream

    with opened(context) as app:
        if app.store.versions([operator_stream(administrator)]):
            raise RuleViolation("is registered already; `billing staff break-glass` lets an administrator in",
                                field="administrator", value=administrator)  # fmt: skip
        return let_in(app, administrator, lambda: origin_of(context))


COMMANDS = {"init": init}

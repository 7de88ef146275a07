"""Set a database up, or bring it up to date."""

from __future__ import annotations

import typer

from adapters.cli.options import AsJson
from adapters.cli.session import settings_of
from adapters.cli.show import print_json, tell


def init(context: typer.Context, as_json: AsJson = False) -> None:
    """Set up the database, or bring it up to date.

    No data are lost.
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


COMMANDS = {"init": init}

"""The diagram of a ticket's flow as a picture."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.cli.session import opened_to_read, origin_of


def draw(context: typer.Context, ticket: Annotated[str, typer.Argument(metavar="TICKET")]) -> None:
    """Print the diagram of a ticket's flow as SVG, with what was passed and what waits now."""
    from adapters.views.query import Reading, queries
    from adapters.views.work.drawings import ShowDrawing

    with opened_to_read(context) as app:
        found = queries()[ShowDrawing](ShowDrawing(ticket=ticket), Reading(app, app.queries, origin_of(context).today))
    typer.echo(found.svg)


COMMANDS = {"work drawing": draw}

"""How the commands about work ask: the words of a query as they are written, answered live or as of a moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import typer

from adapters.cli.session import opened_to_read, origin_of

PAGE = 1_000


def ask(context: typer.Context, query: type[Any], words: Mapping[str, Any], asof: str | None = None) -> Any:
    """The answer to a query."""
    from adapters.edge.models import read_struct
    from adapters.views.query import Reading, queries

    asked = read_struct(query, words)
    with opened_to_read(context, asof) as app:
        origin = origin_of(context)
        reading = Reading(app, app.queries, app.queries.on or origin.today, actor=origin.actor)
        return queries()[query](asked, reading)


def ask_all(context: typer.Context, query: type[Any], words: Mapping[str, Any], asof: str | None) -> Iterator[Any]:
    """All entries of a list, page by page."""
    after: str | None = ""
    while after is not None:
        page = ask(context, query, {**words, "after": after, "limit": PAGE}, asof)
        yield from page.items
        after = page.next


def given(**words: Any) -> dict[str, Any]:
    """The words that were given; what is None was left out."""
    return {word: value for word, value in words.items() if value is not None}

"""Every query of the read models: `billing ask list-promises all=true`.

Names and fields come from the table of queries, so a new query appears by itself. A list is shown as a table, anything
else as its fields; `--json` has the whole answer, as the HTTP API gives it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adapters.cli.options import AsJson, AsOfName
from adapters.cli.session import opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, say, table, tell, written
from adapters.cli.struct_fields import EveryStruct, complete, filled, first_line, help_of, name_of, values_given
from billing_core.kernel.money import Money

if TYPE_CHECKING:
    from adapters.views.query import Query, StreamedFile


class EveryQuery(EveryStruct):
    """The queries of all areas, found only when one is asked for."""

    what = "query"

    def known(self) -> Mapping[str, type]:
        return queries_by_name()

    def door(self, name: str, struct: type) -> Any:
        return _command_of(name, struct)


@cache
def queries_by_name() -> dict[str, type[Query]]:
    """Every query by its name on the command line: `list-promises`."""
    from adapters.views.query import queries

    return {name_of(query): query for query in queries()}


def complete_field(context: typer.Context, incomplete: str) -> list[str]:
    """The fields of the query that begin like this, for completion by the shell."""
    return complete(queries_by_name().get(context.info_name or ""), incomplete)


def _command_of(name: str, query: type[Query]) -> Any:
    """The query as one of the command line's own, with its fields in the help."""
    from adapters.views.query import Query

    program = typer.Typer(add_completion=False, rich_markup_mode=None)

    def execute(
        context: typer.Context,
        fields: Annotated[
            list[str] | None,
            typer.Argument(metavar="FIELD=VALUE", help="The fields listed above.", autocompletion=complete_field),
        ] = None,
        asof: AsOfName = None,
        output: Annotated[
            Path | None, typer.Option("--output", metavar="FILE", help="Write the file that is the answer here.")
        ] = None,
        as_json: AsJson = False,
    ) -> None:
        answer = _answer(context, filled(query, values_given(fields or [], None)), asof, output)
        if answer is not None:
            print_json(answer) if as_json else show(answer)

    program.command(name, help=help_of(query, Query), short_help=first_line(query))(execute)
    return typer.main.get_command(program)


def _answer(context: typer.Context, query: Query, asof: str | None, output: Path | None) -> Any:
    """The answer; None if it is a file, which is written."""
    from adapters.bootstrap.seller_clock import named_stream
    from adapters.views.query import Download, FileAnswer, Reading, StreamedFile, queries

    with opened_to_read(context, asof) as app:
        stream = named_stream(lambda word: getattr(query, word, ""))
        origin = origin_of(context, stream=stream)
        today = app.queries.on or origin.today
        answer = queries()[type(query)](query, Reading(app, app.queries, today, actor=origin.actor))
        if not isinstance(answer, Download | FileAnswer | StreamedFile):
            return answer
        if output is None:
            raise typer.BadParameter("name the file to write", param_hint="--output")
        if isinstance(answer, Download):
            output.write_bytes(app.attachments.find(answer.content_hash)[1].read_bytes())
        elif isinstance(answer, StreamedFile):
            save(answer, output)
        else:
            output.write_bytes(answer.content)
        tell(f"Written to {output}.")
        return None


def save(answer: StreamedFile, output: Path) -> None:
    """Write a file that is an answer, part by part."""
    with output.open("wb") as file:
        file.writelines(answer.parts())


def show(answer: Any) -> None:
    """A list as a table with one row for each entry; anything else by its fields."""
    from adapters.views.query import Page

    if isinstance(answer, Page):
        show_rows(answer.items)
        if answer.next is not None:
            say(f"... and more: go on with after={answer.next}, or more at once with limit=")
    elif isinstance(answer, list):
        show_rows(answer)
    else:
        _show_fields(answer)


def show_rows(rows: Sequence[Any]) -> None:
    """A table of entries; what has several parts of its own is left to `--json`."""
    if not rows:
        tell("There is nothing.")
        return
    first = list(_flat(rows[0]))
    made = table(*((name.replace("_", " "), "right" if _is_number(value) else "left") for name, value in first))
    for row in rows:
        add(made, *(_shown(value) for _, value in _flat(row)))
    console().print(made)


def _show_fields(answer: Any) -> None:
    lists = []
    made = table(("", "left"), ("", "left"))
    for name, value in _flat(answer):
        if isinstance(value, list | tuple) and value and hasattr(value[0], "__struct_fields__"):
            lists.append((name, value))
        else:
            add(made, name.replace("_", " "), _shown(value))
    console().print(made)
    for name, rows in lists:
        tell(f"\n{name.replace('_', ' ').capitalize()}", "bold")
        show_rows(rows)


def _flat(value: Any) -> Iterator[tuple[str, Any]]:
    """The fields of an entry with those of its parts, each by its own name."""
    if not hasattr(value, "__struct_fields__") or isinstance(value, Money):
        yield "value", value
        return
    for name in value.__struct_fields__:
        part = getattr(value, name)
        if hasattr(part, "__struct_fields__") and not isinstance(part, Money):
            yield from _flat(part)
        else:
            yield name, part


def _is_number(value: Any) -> bool:
    return isinstance(value, Money | int) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple | set | frozenset):
        if any(hasattr(each, "__struct_fields__") for each in value):
            return f"{len(value)}"
        return ", ".join(map(written, value))
    if isinstance(value, dict):
        return ", ".join(f"{name}={written(each)}" for name, each in value.items())
    return written(value)

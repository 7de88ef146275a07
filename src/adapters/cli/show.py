"""Output: tables for people, one JSON document for programs, and messages on standard error.

In JSON an amount is `{"amount": "19.90", "currency": "EUR"}`, a date `2026-03-01`; there is never a float.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Literal, NoReturn

from adapters.cli.terminal import leave_broken_pipe, printable
from adapters.texts.amounts import money
from billing_core.kernel.money import Money
from commands.platform.answers import plain

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

Justify = Literal["left", "right"]
WIDTH_WITHOUT_TERMINAL = 120


def console(*, stderr: bool = False) -> Console:
    """The console; output to a file or to another program has a fixed width."""
    from rich.console import Console

    class Output(Console):
        def on_broken_pipe(self) -> NoReturn:
            leave_broken_pipe()

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else WIDTH_WITHOUT_TERMINAL
    return Output(stderr=stderr, width=width, highlight=False, markup=False, emoji=False)


def say(message: str) -> None:
    """A message on standard error, after all that was shown before it."""
    sys.stdout.flush()
    console(stderr=True).print(message, soft_wrap=True)


def tell(text: str = "", style: str = "") -> None:
    """A line of text on standard output, as it stands."""
    from rich.text import Text

    console().print(Text(printable(text), style=style), soft_wrap=True)


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines of a width, broken between words alone: a date, amount or path is never cut."""
    from textwrap import TextWrapper

    indent = text[: len(text) - len(text.lstrip())]
    wrapper = TextWrapper(width, initial_indent=indent, break_long_words=False, break_on_hyphens=False)
    return wrapper.wrap(text.lstrip()) or [""]


def tell_wrapped(text: str, indent: int = 0, hanging: int | None = None, style: str = "") -> None:
    """A text in lines of the console's width, all indented; `hanging` indents those after the first differently."""
    hanging = indent if hanging is None else hanging
    first, *rest = wrapped(f"{' ' * indent}{printable(text)}", console().width)
    tell(first, style)
    for line in wrapped(" ".join(rest), console().width - hanging) if rest else ():
        tell(f"{' ' * hanging}{line}", style)


def table(*columns: tuple[str, Justify]) -> Table:
    """An empty table; fill it with `add`.

    Amounts, numbers, dates and names of one word are never broken over two lines; texts are, between words.
    """
    from rich.table import Table

    made = Table(box=None, pad_edge=False)
    made.header_style = "dim"
    for heading, justify in columns:
        made.add_column(heading, justify=justify, overflow="fold", no_wrap=True)
    return made


def add(into: Table, *cells: object, indent: int = 0, style: str = "") -> None:
    """A row: amounts, dates and texts, without anything a terminal would obey; only the first cell is indented."""
    from rich.padding import Padding
    from rich.text import Text

    texts = [printable(written(cell)) for cell in cells]
    for column, text in zip(into.columns, texts, strict=False):
        if column.justify == "left" and " " in text:
            column.no_wrap = False
    first, *others = (Text(text, style=style) for text in texts)
    into.add_row(Padding(first, (0, 0, 0, indent)), *others)


def written(value: object) -> str:
    """A value as people read it."""
    match value:
        case None:
            return ""
        case Money():
            return money(value)
        case int() if not isinstance(value, bool):
            return f"{value:,}"
        case _:
            return str(value)


def say_more(more: int, how: str) -> None:
    """The number of entries that were not shown, and how to see them."""
    if more > 0:
        say(f"... and {more:,} more: {how}")


def print_json(value: object) -> None:
    """One JSON document, always in UTF-8."""
    text = json.dumps(plain(value), ensure_ascii=False, indent=2)
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", errors="replace") + b"\n")
    sys.stdout.buffer.flush()

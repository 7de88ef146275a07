"""Groups of commands: the words before the last word of a command's name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup


def nearest(word: str, known: Iterable[str]) -> str:
    """The known words that may be meant: `did you mean receive-payment? `; empty if none is near."""
    names = list(known)
    found = get_close_matches(word, names, n=3) or [name for name in names if word in name][:3]
    return f"did you mean {' or '.join(found)}? " if found else ""


# Longer than any first sentence of a command.
WHOLE_SENTENCE = 500


class Commands(TyperGroup):
    """A group whose help has the whole first sentence of each command, on as many lines as it takes."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The table of commands."""
        found = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        rows = [(name, command.get_short_help_str(WHOLE_SENTENCE)) for name, command in found if command is not None]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


class Subject(Commands):
    """The commands about one thing: a call without a known command is answered with those that exist."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args[0] not in self.commands:
            known = ", ".join(f"`{ctx.command_path} {name}`" for name in self.commands)
            ctx.fail(f"No such command {args[0]!r}; {nearest(args[0], self.commands)}use {known}.")
        return super().resolve_command(ctx, args)


class Group(NamedTuple):
    """The purpose of a group, and the class that finds its commands; `listing` if none is named."""

    purpose: str
    kind: type[TyperGroup] = Subject
    listing: Callable[..., None] | None = None

    def program(self) -> typer.Typer:
        """The group, still without its commands."""
        lists = self.listing is not None
        made = typer.Typer(
            cls=self.kind, help=self.purpose, no_args_is_help=not lists, invoke_without_command=lists,
            rich_markup_mode=None,
        )  # fmt: skip
        if self.listing is not None:
            made.callback()(self.listing)
        return made

"""The tree of commands, and the program's way in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer

from adapters.areas import exported
from adapters.cli.ask import EveryQuery
from adapters.cli.commands import (
    asof,
    config,
    demo,
    followers,
    init,
    jobs,
    operations,
    reactions,
    seals,
    serve,
    timed_work,
    wake_ups,
    worker,
)
from adapters.cli.do import EveryCommand
from adapters.cli.failures import EXIT_CODES, end_at_signals, explained
from adapters.cli.groups import Commands
from adapters.cli.options import JSON_OPTION
from adapters.cli.session import Session

DISTRIBUTION = "billing-engine"
# The commands of areas stand between those that set up a database and those that maintain it.
FIRST = (demo, init)
LAST = (serve, worker, jobs, reactions, wake_ups, followers, timed_work, operations, asof, seals, config)


class Program(Commands):
    """The whole program: every failure ends with one line and an exit code."""

    def list_commands(self, ctx: Any) -> list[str]:
        """In the order in which they are registered, groups among them; those for every command and query come last."""
        order = [name.partition(" ")[0] for name, _ in _registered("COMMANDS")]
        return sorted(self.commands, key=[*order, "do", "ask"].index)

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Whether the failure is to be JSON is known before the options are read: they may be wrong themselves."""
        as_json = JSON_OPTION in args
        with explained(as_json):
            context = super().make_context(info_name, args, parent, **extra)
        context.meta[JSON_OPTION] = as_json
        return context

    def invoke(self, ctx: Any) -> Any:
        with explained(ctx.meta[JSON_OPTION]):
            return super().invoke(ctx)


def _version(wanted: bool) -> None:
    if not wanted:
        return
    try:
        typer.echo(version(DISTRIBUTION))
    except PackageNotFoundError:
        typer.echo("not installed: run from its sources")
    raise typer.Exit


def open_session(
    context: typer.Context,
    actor: Annotated[
        str | None,
        typer.Option("--actor", metavar="NAME", help="The actor; by default BILLING_ACTOR or the system's user."),
    ] = None,
    operator: Annotated[
        str | None,
        typer.Option(
            "--as", metavar="OPERATOR",
            help="Sign in as an operator for `billing do`, within the operator's rights: with the password, which is "
            "asked for, or by the API key in BILLING_API_KEY.",
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", metavar="FOLDER", file_okay=False,
            help="The folder of the program's own PostgreSQL; overrides BILLING_DATABASE_URL and BILLING_DATA.",
        ),
    ] = None,
    clock_is_right: Annotated[
        bool,
        typer.Option("--clock-is-right", help="Work although the clock is behind the last event, or far ahead of it."),
    ] = False,
    show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:  # fmt: skip
    """Billing for an operator of internet, television and telephone services.

    Start with `billing demo` to see the program at work, or with `billing init` on a database of your own.
    BILLING_DATABASE_URL names a PostgreSQL server; without it the program starts its own server in the folder
    BILLING_DATA.
    """
    if operator is not None and context.invoked_subcommand != "do":
        raise typer.BadParameter("goes with `billing do` alone: no other command knows rights", param_hint="--as")
    if actor is not None and operator is not None:
        raise typer.BadParameter("and --actor exclude each other: the actor is the operator", param_hint="--as")
    context.obj = Session(actor, data, clock_is_right, operator)


def _program() -> typer.Typer:
    program = typer.Typer(cls=Program, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None)
    program.callback(epilog=EXIT_CODES)(open_session)
    groups = {name: group.program() for name, group in _registered("GROUPS")}
    for name, function in _registered("COMMANDS"):
        group, _, last = name.rpartition(" ")
        if group and not groups[group].registered_commands:
            above, _, last_of_group = group.rpartition(" ")
            (groups[above] if above else program).add_typer(groups[group], name=last_of_group)
        (groups[group] if group else program).command(last)(function)
    _add_every(program, "do", EveryCommand, "Carry out a single command: billing do COMMAND FIELD=VALUE ...")
    _add_every(program, "ask", EveryQuery, "Ask a single query: billing ask QUERY FIELD=VALUE ...")
    return program


def _add_every(program: typer.Typer, name: str, kind: type[typer.core.TyperGroup], said: str) -> None:
    """A command with one of its own for each command or query that there is."""
    every = typer.Typer(cls=kind, no_args_is_help=True, rich_markup_mode=None, help=said)
    every.callback()(lambda: None)
    program.add_typer(every, name=name)


def _registered(name: str) -> Iterator[tuple[str, Any]]:
    """The values that modules register under a name, in the order of the help: areas between the platform's own."""
    of_areas = exported("adapters.cli.commands", name)
    for found in (*_of(FIRST, name), *of_areas, *_of(LAST, name)):
        yield from found.items()


def _of(modules: Sequence[ModuleType], name: str) -> list[dict[str, Any]]:
    return [getattr(module, name) for module in modules if hasattr(module, name)]


program = _program()


def main() -> None:
    """The console script."""
    end_at_signals()
    program(prog_name="billing")

"""The tree of commands, and the program's way in."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from adapters.cli import (
    accounts,
    asof,
    audit,
    billing,
    catalogue,
    corrections,
    demo,
    dunning,
    forgetting,
    operations,
    parked,
    parties,
    payments,
    price_changes,
    seals,
    simulation,
)
from adapters.cli.do import EveryCommand
from adapters.cli.failures import EXIT_CODES, end_at_signals, explained
from adapters.cli.session import Session

DISTRIBUTION = "billing-engine"
IN_ORDER = (
    "demo", "init", "import", "run", "payments", "customers", "account", "invoices", "invoice", "suspensions", "parked",
    "simulate", "catalogue", "price-change", "do", "correct", "audit", "forget", "projections", "metrics", "rebuild",
    "asof", "check", "seal-key", "seal", "verify", "proof", "check-proof",
)  # fmt: skip


class Program(TyperGroup):
    """The whole program: whatever fails in it ends with one line and an exit code."""

    def list_commands(self, ctx: Any) -> list[str]:
        """In the order in which they are defined, groups among them."""
        return sorted(super().list_commands(ctx), key=IN_ORDER.index)

    def invoke(self, ctx: Any) -> Any:
        with explained():
            return super().invoke(ctx)


class Subject(TyperGroup):
    """The commands about one thing: whoever leaves out what is to be done with it is told what there is."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args[0] not in self.commands:
            known = ", ".join(f"`{ctx.command_path} {name}`" for name in self.commands)
            ctx.fail(f"No such command {args[0]!r}; there is {known}.")
        return super().resolve_command(ctx, args)


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
        typer.Option("--actor", metavar="NAME", help="Who works; BILLING_ACTOR or the system's user unless given."),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", metavar="FOLDER", file_okay=False,
            help="The folder of our own PostgreSQL; before BILLING_DATABASE_URL and BILLING_DATA.",
        ),
    ] = None,
    show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:  # fmt: skip
    """Billing for an operator of internet, television and telephone services.

    Begin with `billing demo` to see it at work, or with `billing init` on a database of your own. BILLING_DATABASE_URL
    names a PostgreSQL server; without it the program starts one of its own in the folder BILLING_DATA.
    """
    context.obj = Session(actor, data)


def _group(purpose: str, /, *, kind: Any = Subject, **commands: Any) -> typer.Typer:
    group = typer.Typer(cls=kind, help=purpose, no_args_is_help=True, rich_markup_mode=None)
    for name, function in commands.items():
        group.command(name)(function)
    return group


def _program() -> typer.Typer:
    program = typer.Typer(
        cls=Program, add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None
    )
    program.callback(epilog=EXIT_CODES)(open_session)
    program.command("demo")(demo.show_demo)
    program.command("init")(operations.init)
    program.add_typer(_group("Bring in subscribers from a file.", customers=parties.import_customers), name="import")
    program.command("run")(billing.run)
    taking_in = {"import": payments.import_payments}
    program.add_typer(_group("Take in a bank's file of payments.", **taking_in), name="payments")
    program.command("customers")(parties.list_customers)
    program.add_typer(_group("Explain one account and its balance.", show=accounts.show_account), name="account")
    program.command("invoices")(billing.list_invoices)
    program.add_typer(_group("Show or print one invoice or credit note.", show=billing.show_invoice), name="invoice")
    program.command("suspensions")(dunning.list_suspensions)
    program.command("parked")(parked.show_parked)
    program.command("simulate")(simulation.simulate)
    of_catalogue = {"export": catalogue.export, "import": catalogue.bring_in, "show": catalogue.show}
    program.add_typer(_group("Products and tariffs, to and from YAML files.", **of_catalogue), name="catalogue")
    program.command("price-change")(price_changes.change_prices)
    program.command("correct")(corrections.correct)
    program.command("audit")(audit.show_audit)
    program.command("forget")(forgetting.forget)
    program.command("projections")(operations.list_projections)
    program.command("metrics")(operations.show_metrics)
    program.command("rebuild")(operations.rebuild)
    as_of = _group(
        "The books as they were: `billing asof NAME --recorded INSTANT`, or --effective DATE, or --position N.",
        kind=asof.AsOfGroup, build=asof.build, list=asof.list_built, drop=asof.drop,
    )  # fmt: skip
    program.add_typer(as_of, name="asof")
    program.command("check")(operations.check)
    program.command("seal-key")(seals.make_key)
    program.command("seal")(seals.make_seals)
    program.command("verify")(seals.verify)
    program.command("proof")(seals.export_proof)
    program.command("check-proof")(seals.check_proof)
    every = typer.Typer(
        cls=EveryCommand, no_args_is_help=True, rich_markup_mode=None,
        help="Give any single command, as in: billing do COMMAND FIELD=VALUE ...",
    )  # fmt: skip
    every.callback()(lambda: None)
    program.add_typer(every, name="do")
    return program


program = _program()


def main() -> None:
    """The console script."""
    end_at_signals()
    program(prog_name="billing")

"""Contracts: list them, show one, print it, and the kinds and templates."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.commands.work.asking import ask
from adapters.cli.groups import Group
from adapters.cli.options import AsJson, AsOfName, Limit
from adapters.cli.show import add, console, print_json, say_more, table, tell, tell_wrapped

PURPOSE = """List contracts.

`billing do draft-contract` drafts one, `billing do issue-contract` prints it for signature, `billing do sign-contract`
records its signature. `billing contracts kinds` lists the kinds, which `billing do define-contract-kind` defines.
"""
Number = Annotated[str, typer.Argument(metavar="CONTRACT")]


def show_contracts(
    context: typer.Context,
    customer: Annotated[str, typer.Option("--customer", metavar="NUMBER", help="Of this customer.")] = "",
    account: Annotated[str, typer.Option("--account", metavar="NUMBER", help="About this account.")] = "",
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="Of this kind.")] = "",
    status: Annotated[
        str, typer.Option("--status", metavar="STATUS", help="draft, issued, signed, ended or voided.")
    ] = "",
    ends_before: Annotated[str, typer.Option("--ends-before", metavar="DATE", help="That end before this day.")] = "",
    after: Annotated[str, typer.Option("--after", metavar="NUMBER", help="Start after this contract.")] = "",
    asof: AsOfName = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List contracts in order of number."""
    from adapters.views.contracts import ListContracts

    if context.invoked_subcommand is not None:
        return
    words = {"customer": customer, "account": account, "kind": kind, "status": status, "after": after,
             "limit": min(limit, 1_000), **({"ends_before": ends_before} if ends_before else {})}  # fmt: skip
    page = ask(context, ListContracts, words, asof)
    if as_json:
        print_json({"contracts": page.items, "next": page.next})
        return
    if not page.items:
        tell("There is no such contract." if any((customer, account, kind, status, ends_before)) else
             "No contract was drafted yet.")  # fmt: skip
        return
    rows = table(
        ("contract", "left"), ("customer", "left"), ("kind", "left"), ("status", "left"), ("begins", "left"),
        ("ends", "left"), ("services", "left"),
    )  # fmt: skip
    for row in page.items:
        add(rows, row.number, row.customer, row.kind, row.status, row.begins_on, row.ends_on or "",
            ", ".join(row.services))  # fmt: skip
    console().print(rows)
    if page.next:
        say_more(1, f"see the following with --after {page.next}, or with --limit")


def show_contract(context: typer.Context, contract: Number, asof: AsOfName = None, as_json: AsJson = False) -> None:
    """Show a contract with its term, services, annexes and history."""
    from adapters.texts.contracts import services_text, term_text
    from adapters.views.contracts import ShowContract

    card = ask(context, ShowContract, {"contract": contract}, asof)
    if as_json:
        print_json(card)
        return
    tell(f"Contract {card.number}, {card.kind}, {card.status}", "bold")
    tell(f"  customer {card.customer}, seller {card.seller}")
    tell(f"  from {card.begins_on}" + (f" until {card.ends_on}" if card.ends_on else ""))
    tell_wrapped(term_text(card.term), 2)
    tell_wrapped(services_text(card.services or card.linked), 2)
    if card.agreed:
        tell_wrapped(f"agreed: {card.agreed}", 2)
    for annex in card.annexes:
        tell(f"  annex {annex.number} from {annex.begins_on}, {annex.status}")
    tell("\nHistory", "bold")
    for line in card.history:
        tell_wrapped(f"{line.recorded_at:%Y-%m-%d %H:%M}  {line.actor}  {line.event}: {line.what}", 2, 4)


def print_contract(
    context: typer.Context,
    contract: Number,
    file: Annotated[Path, typer.Argument(metavar="FILE", dir_okay=False, help="The PDF that is written.")],
    annex: Annotated[int, typer.Option("--annex", metavar="NUMBER", help="This annex of it.")] = 0,
) -> None:
    """Write a contract, or an annex, as a PDF: as it was issued, always the same bytes. A draft is marked as one."""
    from adapters.views.contracts import PrintContract

    content = ask(context, PrintContract, {"contract": contract, "annex": annex}).content
    file.write_bytes(content)
    tell(f"{file}  {len(content):,} bytes")


def list_kinds(context: typer.Context, asof: AsOfName = None, as_json: AsJson = False) -> None:
    """List the kinds of contract, with the versions of their templates."""
    from adapters.texts.contracts import term_text
    from adapters.views.contracts import ListContractKinds

    found = ask(context, ListContractKinds, {}, asof).items
    if as_json:
        print_json({"kinds": found})
        return
    if not found:
        tell("No kind of contract is defined yet.")
        return
    rows = table(("kind", "left"), ("name", "left"), ("term", "left"), ("templates", "left"))
    for each in found:
        templates = ", ".join(f"{language} {versions}" for language, versions in each.templates.items())
        add(rows, each.code, each.name, term_text(each.term), templates)
    console().print(rows)


def show_ready(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="Print this one, for a file that is changed and published.")
    ] = "",
) -> None:
    """List the templates of contracts that come with the program, or print one.

    `billing do publish-contract-template --file FILE` publishes a template.
    """
    from adapters.files.contract_templates import ready_template_names, ready_template_text

    for line in ready_template_text(name).splitlines() if name else ready_template_names():
        tell(line)


COMMANDS = {
    "contracts show": show_contract,
    "contracts print": print_contract,
    "contracts kinds": list_kinds,
    "contracts ready-templates": show_ready,
}
GROUPS = {"contracts": Group(PURPOSE, listing=show_contracts)}

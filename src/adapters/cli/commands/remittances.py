"""Remittances: money that came in and that nobody recognises yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.commands.work.asking import ask
from adapters.cli.groups import Group
from adapters.cli.options import AfterNumber, AsJson, AsOfName, File, Limit
from adapters.cli.session import opened, opened_to_read, origin_of
from adapters.cli.show import add, console, print_json, say, say_more, table, tell
from adapters.texts.amounts import counted, money
from adapters.texts.remittances import sign_in_words
from commands.platform.answers import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.views.remittances import ListedRemittance
    from projections.remittances.queue import RemittanceActRow

Seller = Annotated[str, typer.Argument(metavar="SELLER")]
PURPOSE = """List money that waits because nobody recognises it, the oldest first; with `--all` also the rest.

Each that waits comes with the account that it is likeliest for; `billing remittances show NAME` gives the reasons.
`billing do assign-remittance` makes one a payment of an account, `split-remittance` of several, `keep-remittance` keeps
it as other income, `give-back-remittance` records that it went back, and `undo-remittance` undoes the last of these.
"""


def list_remittances(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Also those that were assigned or given back.")] = False,
    after: AfterNumber = "",
    asof: AsOfName = None,
    as_json: AsJson = False,
    limit: Limit = 50,
) -> None:
    """List money that waits because nobody recognises it, the oldest first; with `--all` also the rest."""
    from adapters.views.remittances import listed_remittances
    from projections.remittances import count_remittances, remittances_after, waiting_totals

    if context.invoked_subcommand is not None:
        return

    with opened_to_read(context, asof) as app, app.queries.cursor() as cursor:
        found = remittances_after(cursor, after, limit, waiting_only=not every)
        more = count_remittances(cursor, after, waiting_only=not every) - len(found)
        totals = waiting_totals(cursor)
        listed = listed_remittances(app, cursor, found)
    if as_json:
        sums = [{"remittances": number, "waiting": amount} for number, amount in totals.values()]
        print_json({"remittances": listed, "totals": sums, "more": more})
        return
    if not listed:
        tell("No remittance waits." if not every else "No remittance is recorded yet.")
        return
    _tell(listed)
    for number, amount in totals.values():
        waits = "waits" if number == 1 else "wait"
        tell(f"{counted(number, 'remittance')} of {money(amount)} {waits}.")
    say_more(more, f"use --after '{listed[-1].received_on} {listed[-1].remittance}' or --limit")
    if totals:
        say("Assign one with `billing do assign-remittance remittance=NAME account=NUMBER`.")


def _tell(listed: Sequence[ListedRemittance]) -> None:
    rows = table(("remittance", "left"), ("received", "left"), ("amount", "right"), ("wrote", "left"),
                 ("payer", "left"), ("state", "left"))  # fmt: skip
    with_guesses = any(row.guess for row in listed)
    if with_guesses:
        rows.add_column("perhaps")
    for row in listed:
        guess = "" if row.guess is None else f"{row.guess.account}, {row.guess.agreeing} of {row.guess.signs} agree"
        cells = (row.remittance, row.received_on, row.amount, row.payment_reference, row.payer, _state(row))
        add(rows, *cells, *([guess] if with_guesses else []))
    console().print(rows)


def _state(row: ListedRemittance) -> str:
    acts = "; ".join(map(in_words, row.acts))
    if not row.waiting.amount:
        return acts
    return f"{row.state}; {acts}; {money(row.waiting)} wait" if acts else row.state


def in_words(act: RemittanceActRow) -> str:
    """What was done, as `assigned to account 1001` or `given back on 2026-01-22: no customer of ours`."""
    if act.account:
        part = f"{money(act.amount)} " if act.act == "split" else ""
        return f"{part}assigned to account {act.account}"
    kind = f", {act.kind}" if act.kind else ""
    return f"{act.act}{kind} on {act.on}: {act.reason}"


def show_remittance(
    context: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME")], as_json: AsJson = False
) -> None:
    """Show what the payer said, what was done with the money, and whose it may be, with the reasons."""
    from adapters.views.remittances import ShowRemittance

    shown = ask(context, ShowRemittance, {"remittance": name})
    if as_json:
        print_json(shown)
        return
    tell(f"{shown.remittance} of {money(shown.amount)}, received on {shown.received_on}", "bold")
    for what in ("payer", "payer_account", "payment_reference", "message", "statement"):
        if value := getattr(shown, what):
            tell(f"  {what.replace('_', ' ')}: {value}")
    for act in shown.acts:
        tell(f"  {in_words(act)}")
    if shown.waiting.amount:
        tell(f"  {money(shown.waiting)} wait")
    for place, guess in enumerate(shown.guesses, 1):
        repeated = "; as much came for it on the same day" if guess.is_repeated else ""
        tell(
            f"{place}. account {guess.account} of {guess.name}, {guess.agreeing} of {len(guess.signs)} agree{repeated}"
        )
        for sign in guess.signs:
            tell(f"   {'yes' if sign.agrees else 'no '} {sign_in_words(sign)}")
    if shown.waiting.amount and not shown.guesses:
        tell("Nothing leads to an account.")


def show_rules(context: typer.Context, seller: Seller, as_json: AsJson = False) -> None:
    """Show by which signs the payments of a seller find their account, as the YAML that `set-rules` reads."""
    import yaml

    from adapters.views.remittances import ShowMatchingRules

    found = ask(context, ShowMatchingRules, {"seller": seller})
    if as_json:
        print_json(found)
        return
    say(yaml.safe_dump(plain(found.rules), allow_unicode=True, sort_keys=False).strip())


def set_rules(context: typer.Context, seller: Seller, file: File) -> None:
    """Set the matching rules of a seller from a YAML file; what was matched before stays as it is."""
    from adapters.files.matching_rules import read_matching_rules
    from commands.payments.matching_rules import SetMatchingRules

    command = SetMatchingRules(seller=seller, rules=read_matching_rules(file))
    with opened(context) as app:
        answer = app.bus.execute(command, origin_of(context))
    tell("The rules hold from now on." if answer.position else "The rules are like this already.")


COMMANDS = {
    "remittances show": show_remittance, "remittances rules": show_rules, "remittances set-rules": set_rules,
}  # fmt: skip
GROUPS = {"remittances": Group(PURPOSE, listing=list_remittances)}

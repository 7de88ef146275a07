"""Forget a customer, and see what the law keeps of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from adapters.cli.options import AsJson
from adapters.cli.session import opened, origin_of
from adapters.cli.show import add, console, print_json, table, tell


def forget(
    context: typer.Context,
    customer: Annotated[str | None, typer.Argument(metavar="CUSTOMER", help="The customer's number.")] = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why. It stays on record: do not write who the customer is.")
    ] = "",
    ordered_by: Annotated[
        str, typer.Option("--ordered-by", metavar="NAME", help="Who ordered it; whoever works here unless given.")
    ] = "",
    due: Annotated[
        bool, typer.Option("--due", help="Instead: erase those whose last document need not be kept any more.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Erase a customer for good: name, address and ids, contacts, and who paid for its accounts.

    The key of the person is destroyed, which nobody can undo. Sums, documents' totals and numbers, and seals stay as
    they are. Documents that the law keeps are listed: in print, and only there, they name their buyer before the day
    shown. Run `billing forget --due` every day: it destroys the keys of those whose last day has come.
    """
    if due and customer is None:
        _destroy_due(context, as_json)
        return
    if due or customer is None:
        raise typer.BadParameter("name one customer, or give --due for all whose date has come", param_hint="CUSTOMER")
    if not reason:
        raise typer.BadParameter("say why, for example 'request under Article 17'", param_hint="--reason")
    from commands.forgetting import ForgetCustomer

    origin = origin_of(context)
    command = ForgetCustomer(customer=customer, ordered_by=ordered_by or origin.actor, reason=reason)
    with opened(context) as app:
        answer = app.forgetting.forget(command, origin)
    if as_json:
        print_json({**answer.result, "is_new": bool(answer.position)})
        return
    _tell_forgotten(answer.result, is_new=bool(answer.position))


def _destroy_due(context: typer.Context, as_json: bool) -> None:
    with opened(context) as app:
        customers = app.forgetting.destroy_due(origin_of(context).today)
    if as_json:
        print_json({"customers": customers})
    elif customers:
        tell(f"No document names any more: {', '.join(customers)}")
    else:
        tell("There is nobody whose documents' date has come.")


def _tell_forgotten(result: Mapping[str, Any], *, is_new: bool) -> None:
    number, accounts, kept = result["customer"], result["accounts"], result["kept"]
    if is_new:
        tell(f"Customer {number} is forgotten.", "bold")
    else:
        tell(f"Customer {number} was forgotten on {result['forgotten_on']}; nothing changed.", "bold")
    tell("  erased: name, address, legal ids, e-mail, phone, attributes")
    if accounts:
        tell(f"  erased: who paid, and what they wrote, on account {', '.join(accounts)}")
    if not kept:
        tell("  no document has to be kept")
        return
    until = max(document["until"] for document in kept)
    tell(f"\nThe law keeps these documents. In print each names its buyer before the day shown; on {until} "
         "`billing forget --due` erases that too.")  # fmt: skip
    rows = table(("  document", "left"), ("kept until", "left"))
    for document in kept:
        add(rows, document["document"], document["until"], indent=2)
    console().print(rows)


COMMANDS = {"forget": forget}

"""Forget a customer, and list the documents that the law keeps."""

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
        str, typer.Option("--reason", metavar="TEXT", help="The reason. It stays on record: do not name the customer.")
    ] = "",
    ordered_by: Annotated[
        str, typer.Option("--ordered-by", metavar="NAME", help="The person who ordered it; by default the actor.")
    ] = "",
    due: Annotated[
        bool, typer.Option("--due", help="Instead erase all customers whose documents need not be kept any longer.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Erase a customer permanently: name, address and ids, contacts, and the payers of its accounts.

    The person's key is destroyed, which cannot be undone. Sums, document totals and numbers, and seals are unchanged.
    Documents that the law keeps are listed: only in print, and only before the day shown, they name their buyer. Run
    `billing forget --due` every day: it destroys the keys for documents that need not be kept any longer.
    """
    if due and customer is None:
        _destroy_due(context, as_json)
        return
    if due or customer is None:
        raise typer.BadParameter("name one customer, or use --due", param_hint="CUSTOMER")
    if not reason:
        raise typer.BadParameter("state the reason, for example 'request under Article 17'", param_hint="--reason")
    from commands.forgetting import ForgetCustomer

    with opened(context) as app:
        origin = origin_of(context)
        command = ForgetCustomer(customer=customer, ordered_by=ordered_by or origin.actor, reason=reason)
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
        tell(f"Erased from the last documents: {', '.join(customers)}")
    else:
        tell("No customer has documents whose retention has ended.")


def _tell_forgotten(result: Mapping[str, Any], *, is_new: bool) -> None:
    number, accounts, kept = result["customer"], result["accounts"], result["kept"]
    if is_new:
        tell(f"Customer {number} is forgotten.", "bold")
    else:
        tell(f"Customer {number} was forgotten on {result['forgotten_on']}; nothing changed.", "bold")
    tell("  erased: name, address, legal ids, e-mail, phone, custom fields")
    if accounts:
        tell(f"  erased: who paid, and what they wrote, on account {', '.join(accounts)}")
    if not kept:
        tell("  no document must be kept")
        return
    until = max(document["until"] for document in kept)
    tell(f"\nThe law keeps these documents. In print each names its buyer before the day shown; on {until} "
         "`billing forget --due` erases that too.")  # fmt: skip
    rows = table(("  document", "left"), ("kept until", "left"))
    for document in kept:
        add(rows, document["document"], document["until"], indent=2)
    console().print(rows)


COMMANDS = {"forget": forget}

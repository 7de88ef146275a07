"""Refused commands of reactions and wake-ups as the command line lists, retries and overrules them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.failures import REFUSED
from adapters.cli.session import opened, origin_of
from adapters.cli.show import print_json, say, tell, tell_wrapped
from adapters.texts.amounts import counted

if TYPE_CHECKING:
    from commands.platform.causes import CauseKind
    from commands.platform.refusals import RefusedCommand

INDENT = 8

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="The number in the list of refusals.")]
Numbers = Annotated[
    list[int] | None, typer.Argument(metavar="[NUMBER]...", help="Numbers in the list of refusals; by default all.")
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why. It stays on record.")]


def tell_refused(listed: Sequence[RefusedCommand], how: str) -> None:
    """The list of refusals, and how to settle them."""
    if not listed:
        return
    tell("\nRefused", "bold")
    for each in listed:
        of = each.cause.due_at or each.cause.due_on or f"position {each.cause.position:,}"
        tried = counted(each.attempts, "attempt")
        tell_wrapped(f"{each.number:>6}  {each.cause.name}, {each.cause.stream} of {of}: {each.command}, {tried}",
                     hanging=INDENT)  # fmt: skip
        tell_wrapped(each.reason, INDENT)
    say(f"Mend the reasons and give them again with `billing {how} retry`,\nor `billing {how} overrule NUMBER`.")


def retry_numbers(context: typer.Context, kind: CauseKind, numbers: Sequence[int], as_json: bool) -> None:
    """Give refused commands again, in the name of the person who works here."""
    from adapters.bootstrap.automation import automation_of
    from commands.platform.refusals import refusal_numbered

    actor = origin_of(context).actor
    with opened(context) as app:
        automation = automation_of(app)
        refused = automation.refused
        chosen = [refusal_numbered(refused, kind, number) for number in numbers] or refused.listed(kind)
        outcome = [(each, automation.retry(each, actor)) for each in chosen]
        app.runner.catch_up()
    still = [each.number for each, refusal in outcome if refusal is not None]
    if as_json:
        print_json({"applied": [each.number for each, refusal in outcome if refusal is None], "refused": still})
    else:
        for each, refusal in outcome:
            became = "applied" if refusal is None else f"refused again: {refusal.reason}"
            tell(f"{each.number} ({each.cause.name}, {each.cause.stream}): {became}")
        if not outcome:
            tell("Nothing is refused.")
    if still:
        raise typer.Exit(REFUSED)


def overrule_number(context: typer.Context, kind: CauseKind, number: int, reason: str) -> None:
    """Note that a refused command is not to be applied, who decided so, and why."""
    from adapters.bootstrap.automation import automation_of
    from commands.platform.refusals import overrule, refusal_numbered

    origin = origin_of(context)
    with opened(context) as app:
        refused = automation_of(app).refused
        listed = refusal_numbered(refused, kind, number)
        overrule(listed, refused, origin.actor, origin.recorded_at, reason)
    tell(f"{number} ({listed.cause.name}, {listed.cause.stream}): overruled by {origin.actor}.")

"""Every single command of the write path: `billing do suspend-subscription account=1 ...`.

Names and fields come from the handler table and the commands' own models, so every command of the program is available,
and a new one appears by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import msgspec
import typer

from adapters.cli.options import AsJson, Yes, parse_id
from adapters.cli.session import opened_as_operator, origin_of
from adapters.cli.show import print_json, say, tell
from adapters.cli.struct_fields import EveryStruct, complete, filled, first_line, help_of, name_of, values_given

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application
    from commands.platform.bus import Command
    from commands.platform.ports import Origin


class EveryCommand(EveryStruct):
    """The commands of the handler table, found only when one is asked for."""

    what = "command"

    def known(self) -> Mapping[str, type]:
        return commands_by_name()

    def door(self, name: str, struct: type) -> Any:
        return _door(name, struct)


@cache
def commands_by_name() -> dict[str, type[Command]]:
    """Every command that has a handler, by its name on the command line: `register-customer`."""
    from adapters.bootstrap.registry import HANDLERS

    return {name_of(command): command for command in HANDLERS}


def _door(name: str, command: type[Command]) -> Any:
    """The command as one of the command line's own, with its fields in the help."""
    from commands.platform.bus import Command

    program = typer.Typer(add_completion=False, rich_markup_mode=None)

    def execute(
        context: typer.Context,
        fields: Annotated[
            list[str] | None,
            typer.Argument(metavar="FIELD=VALUE", help="The fields listed above.", autocompletion=complete_field),
        ] = None,
        file: Annotated[
            str | None, typer.Option("--file", metavar="FILE", help="Fields from a JSON or YAML file; - reads stdin.")
        ] = None,
        command_id: Annotated[
            UUID | None,
            typer.Option(
                "--command-id",
                metavar="UUID",
                parser=parse_id,
                help="For a safe repetition: a command id is applied once.",
            ),
        ] = None,
        yes: Yes = False,
        as_json: AsJson = False,
    ) -> None:
        asks = "confirmed" in command.__struct_fields__
        confirmed = ["confirmed=true"] if yes and asks else []
        values = values_given([*(fields or []), *confirmed], file)
        _execute(context, name, filled(command, values), command_id, as_json)

    program.command(name, help=help_of(command, Command), short_help=first_line(command))(execute)
    return typer.main.get_command(program)


def complete_field(context: typer.Context, incomplete: str) -> list[str]:
    """The fields of the command that begin like this, for completion by the shell."""
    return complete(commands_by_name().get(context.info_name or ""), incomplete)


def _execute(context: typer.Context, name: str, command: Command, command_id: UUID | None, as_json: bool) -> None:
    from adapters.bootstrap.seller_clock import named_stream
    from adapters.cli.done import accounts_after, done_document, events_of, tell_done
    from billing_core.confirmation import ConfirmationNeeded

    with opened_as_operator(context) as app:
        origin = origin_of(context, command_id, named_stream(lambda word: getattr(command, word, "")))
        if origin.is_signed_in:
            _execute_as_operator(app, name, command, origin, as_json=as_json)
            return
        try:
            answer = app.execute(command, origin)
        except ConfirmationNeeded:
            _say_what_would_happen(app, command, origin)
            raise
        events = events_of(app, answer, origin)
        accounts = accounts_after(app, events, origin)
    if as_json:
        told = {"command": name, "command_id": origin.command_id, "position": answer.position, "result": answer.result}
        print_json(told | done_document(events, accounts))
    else:
        tell_done(name, events, accounts, origin.today, answer.is_repeated)
        for warning in answer.result.get("warnings", ()):
            say(f"Warning: {warning}")


def _execute_as_operator(app: Application, name: str, command: Command, origin: Origin, *, as_json: bool) -> None:
    """Within the rights of who has signed in, who is shown the answer alone: not what else is known of the account."""
    from adapters.bootstrap.signed_in import carry_out_at_terminal

    answer, is_waiting = carry_out_at_terminal(app, command, origin)
    if as_json:
        shown = {"command": name, "command_id": origin.command_id, "position": answer.position}
        print_json({**shown, "is_waiting": is_waiting, "result": answer.result})
    elif is_waiting:
        tell(f"{name} waits until a second person approves it: request {answer.result['request']}.")
    else:
        tell(f"{name} is done, at position {answer.position:,}.")


def _say_what_would_happen(app: Application, command: Command, origin: Origin) -> None:
    """Each event that the command would write if it were confirmed; or the refusal, if it would be refused."""
    from adapters.texts.sentences import event_name, sentence

    decision = app.bus.decision_on(msgspec.structs.replace(command, confirmed=True), origin)
    say("Would be recorded; nothing was written:")
    for append in decision.appends:
        for fact in append.events:
            say(f"  {fact.effective_on}  {append.stream}  {event_name(fact)}: {sentence(fact)}")

"""Which commands a flow may give, with the handlers of their areas.

An area adds its commands here with one line. The command is decided by its own handler, in the transaction that notes
on the ticket that it was done; the fields `account` and `subscription` are those of the ticket unless the flow says
others. An entry of a field with several is named after a point: `values.place`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from msgspec.inspect import DictType, LiteralType, type_info

from billing_core.kernel.errors import InvalidValue
from billing_core.outreach.kinds import OWN
from billing_core.work.expressions import Facts, Value, evaluate, parse
from billing_core.work.flow_checks import CommandShape
from billing_core.work.flows import GiveCommand
from commands import billing, corrections, outreach, payments, promises, services
from commands.outreach.messages import QueueMessage
from commands.platform.answers import plain
from commands.platform.area import Area
from commands.platform.bus import Command, Handler, operation_name

OF_TICKET = frozenset({"account", "subscription"})
GIVEN: Mapping[str, tuple[Area, tuple[str, ...]]] = {
    "services": (services.AREA, (
        "activate-subscription", "change-tariff", "change-parameters", "change-quantity", "hold-subscription",
        "suspend-subscription", "resume-subscription", "move-subscription", "terminate-subscription", "add-option",
        "drop-option", "grant-discount", "end-discount", "cancel-change",
    )),
    "billing": (billing.AREA, ("charge-once", "grant-goodwill", "bill-account")),
    "corrections": (corrections.AREA, ("waive-charge",)),
    "payments": (payments.AREA, ("refund-payment", "pay-out")),
    "promises": (promises.AREA, ("open-promise",)),
    "outreach": (outreach.AREA, ("queue-message",)),
}  # fmt: skip

# The entries of a field, by the value of another one: what each kind of message tells.
ENTRIES: Mapping[type[Command], Mapping[tuple[str, str], frozenset[str]]] = {
    QueueMessage: {("values", kind): frozenset(told) for kind, told in OWN.items()},
}


class Effect(NamedTuple):
    """A command that a flow may give, with its handler and its shape."""

    command: type[Command]
    handler: Handler
    shape: CommandShape


def _effects() -> dict[str, Effect]:
    found: dict[str, Effect] = {}
    for area, (exports, names) in GIVEN.items():
        by_name = {operation_name(command): (command, handler) for command, handler in exports.handlers.items()}
        for name in names:
            command, handler = by_name[name]
            found[name] = Effect(command, handler, _shape(f"{area}.change.{name}", command))
    return found


def _shape(permission: str, command: type[Command]) -> CommandShape:
    fields = msgspec.structs.fields(command)
    needed = (each.name for each in fields if each.required and each.name not in OF_TICKET)
    with_entries = (each.name for each in fields if isinstance(type_info(each.type), DictType))
    choices = {each.name: frozenset(map(str, kind.values)) for each in fields
               if isinstance(kind := type_info(each.type), LiteralType)}  # fmt: skip
    return CommandShape(
        permission, frozenset(each.name for each in fields), frozenset(needed), frozenset(with_entries), choices,
        ENTRIES.get(command, {}),
    )  # fmt: skip


EFFECTS: Mapping[str, Effect] = _effects()
SHAPES: Mapping[str, CommandShape] = {name: effect.shape for name, effect in EFFECTS.items()}


def command_of(action: GiveCommand, facts: Facts) -> tuple[Command, Handler]:
    """The command of an action with the facts as they are, and its handler."""
    effect = EFFECTS[action.command]
    given: dict[str, Any] = {
        name: facts[f"ticket.{name}"] for name in OF_TICKET & effect.shape.fields if facts[f"ticket.{name}"]
    }
    for name, text in action.fields.items():
        value: Value = evaluate(parse(text), facts)
        if value is not None:
            _put(given, name, plain(value))
    try:
        return msgspec.convert(given, effect.command, strict=False), effect.handler
    except msgspec.ValidationError as error:
        raise InvalidValue(f"cannot be given: {error}", field="command", value=action.command) from None


def _put(given: dict[str, Any], name: str, value: Any) -> None:
    field, _, entry = name.partition(".")
    if entry:
        given.setdefault(field, {})[entry] = str(value)
    else:
        given[field] = value

"""Take callbacks of a gateway once, and keep those that are refused."""

from __future__ import annotations

from billing_core.cards.callbacks import (
    CardCallbackRefused,
    CardCallbackTaken,
    apply_callback,
    apply_refused,
    callback_day,
    refuse_callback,
    take_callback,
)
from billing_core.parties.details import require_text
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class TakeCardCallback(Command, frozen=True, kw_only=True):
    """Take a callback of a gateway whose signature is right; the same one again changes nothing."""

    gateway: str
    callback: str
    kind: str
    object: str
    content_hash: str
    body: str = ""


class RefuseCardCallback(Command, frozen=True, kw_only=True):
    """Keep that a callback was refused, and why."""

    gateway: str
    content_hash: str
    why: str
    source: str


# --- handlers


def callback_stream(gateway: str, callback: str) -> str:
    return f"card-callback/{gateway}:{callback}"


def handle_take(command: TakeCardCallback, transaction: Transaction, origin: Origin) -> Decision:
    require_text(command.callback, "callback")
    stream = callback_stream(command.gateway, command.callback)
    known, version = transaction.load(stream, apply_callback)
    fact = CardCallbackTaken(
        effective_on=origin.today, gateway=command.gateway, callback=command.callback, kind=command.kind,
        object=command.object, content_hash=command.content_hash, body=command.body,
        sender=f"card callback {command.gateway}:{command.callback}",
    )  # fmt: skip
    events = take_callback(known, fact)
    return Decision((Append(stream, version, events),), {"known": not events})


def handle_refuse(command: RefuseCardCallback, transaction: Transaction, origin: Origin) -> Decision:
    stream = f"card-callbacks-refused/{callback_day(command.gateway, origin.today)}"
    known, version = transaction.load(stream, apply_refused)
    fact = CardCallbackRefused(
        effective_on=origin.today, gateway=command.gateway, content_hash=command.content_hash, why=command.why,
        source=command.source,
    )  # fmt: skip
    return Decision((Append(stream, version, refuse_callback(known, fact)),))


HANDLERS: Handlers = {TakeCardCallback: handle_take, RefuseCardCallback: handle_refuse}
CONCERNS: Concerns = {TakeCardCallback: HOUSE, RefuseCardCallback: HOUSE}

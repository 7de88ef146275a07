"""Messages as they are written to topics."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import msgspec

from adapters.outgoing.public_events import public_event
from billing_core.kernel.money import Money
from commands.platform.event_log import RecordedEvent

Headers = list[tuple[str, bytes]]


class Message(NamedTuple):
    """A message for a topic; without a value it says that its key is gone."""

    key: bytes
    value: bytes | None
    headers: Headers


class AccountBalance(msgspec.Struct, frozen=True):
    """The balance of an account as of a position of the log; positive if the customer is owed."""

    account: str
    balance: Decimal
    currency: str
    position: int


def event_message(entry: RecordedEvent) -> Message:
    """An event as the feed and webhooks have it, by its stream: those of a stream come to one partition, in order."""
    shown = public_event(entry)
    headers = [
        ("position", b"%d" % shown.position),
        ("event", shown.event.encode()),
        ("version", b"%d" % shown.version),
        ("recorded-at", shown.recorded_at.isoformat().encode()),
    ]
    return Message(shown.stream.encode(), msgspec.json.encode(shown), headers)


def balance_message(account: str, balance: Money | None, position: int) -> Message:
    """The balance of an account, by its number; none if its customer was forgotten."""
    value = None
    if balance is not None:
        value = msgspec.json.encode(AccountBalance(account, balance.amount, balance.currency, position))
    return Message(account.encode(), value, [("position", b"%d" % position)])

"""A desk that writes tickets into the log as they were at chosen instants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from adapters.bootstrap.origins import origin_of_process
from billing_core.kernel.events import Event
from billing_core.work.ticket_events import About, CommentAdded, StepCompleted, TicketClosed, TicketOpened
from commands.platform.ports import Append
from commands.work.streams import ticket_stream
from tests.operators import Operator

ABOUT = frozenset(About.__struct_fields__)


def at(text: str) -> datetime:
    """An instant in UTC: `03-10 14:00` is one of 2026."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


class Desk:
    """Tickets of an operator. Their days are those of their instants."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        self._versions: dict[str, int] = {}
        self._customers: dict[str, str] = {}

    def write(self, number: str, moment: str, *kinds: tuple[type[Event], dict[str, Any]]) -> None:
        """Events of a ticket, recorded at an instant."""
        instant, whose = at(moment), {"customer": self._customers[number]}
        events: Sequence[Event] = [
            kind(effective_on=instant.date(), **(whose if "customer" in kind.__struct_fields__ else {}), **fields)
            for kind, fields in kinds
        ]
        stream, version = ticket_stream(number), self._versions.get(number, 0)
        origin = origin_of_process("clerk", instant.date())._replace(recorded_at=instant)
        with self.operator.application.store.transaction() as transaction:
            transaction.append([Append(stream, version, events)], [], origin)
        self._versions[number] = version + len(events)

    def open(self, moment: str, customer: str = "A0001", **fields: Any) -> str:
        """A new ticket at its first step, `look`."""
        number = f"T-{len(self._versions) + 1}"
        self._customers[number] = customer
        about = About(**{name: fields.pop(name) for name in ABOUT & fields.keys()})
        usual = {"kind": "fault", "flow_version": 1, "subject": "No light", "queue": "desk", "steps": ("look",)}
        self.write(number, moment, (TicketOpened, {**usual, "about": about, **fields}))
        return number

    def answer(self, number: str, moment: str) -> None:
        self.write(number, moment, (CommentAdded, {"text": "We are looking.", "audience": "customer"}))

    def close(self, number: str, moment: str, **fields: Any) -> None:
        self.write(number, moment, (TicketClosed, {"outcome": "completed", **fields}))

    def move(self, number: str, moment: str, *steps: str, queue: str = "") -> None:
        self.write(number, moment, (StepCompleted, {"step": "look", "steps": steps, "queue": queue}))

"""What commands ask of the outside: a store with transactions, and who is asking from where.

The adapters implement these; a handler knows nothing else of the world.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import NamedTuple, Protocol, TypeVar
from uuid import UUID

from billing_core.errors import Conflict
from billing_core.events import Event
from billing_core.parties import SeriesKind

State = TypeVar("State")
Fold = Callable[[State | None, Event], State | None]


class Origin(NamedTuple):
    """Who asks, as what, through which channel and from where; what caused it; when, and on which business date."""

    actor: str
    role: str
    channel: str
    source: str
    command_id: UUID
    correlation_id: UUID
    recorded_at: datetime
    today: date
    causation_id: UUID | None = None


class Append(NamedTuple):
    """Events for one stream, decided on its state at `expected_version`."""

    stream: str
    expected_version: int
    events: Sequence[Event]


class Claim(NamedTuple):
    """A key that only one stream may have; `content` tells a repetition from a conflict."""

    kind: str
    key: str
    stream: str
    content: str


class TakenNumbers(NamedTuple):
    """Running numbers `first`, `first + 1` ... and the date to issue on, never before an earlier document's."""

    first: int
    issued_on: date


class Transaction(Protocol):
    """One database transaction: everything in it is kept, or nothing is."""

    def begin_command(self, command_id: UUID, name: str, content_hash: bytes, recorded_at: datetime) -> str | None:
        """Note the command; the answer it was given before, or None where it is new."""

    def finish_command(self, command_id: UUID, answer: str) -> None:
        """Keep the answer beside the command."""

    def load(self, stream: str, fold: Fold[State]) -> tuple[State | None, int]:
        """The state of a stream and its version, (None, 0) where there is no such stream."""

    def hold(self, stream: str, *, alone: bool = False) -> None:
        """Keep a stream until the transaction ends, alone or with all who do not want it alone; wait for the others.

        For a decision on one stream that rests on another one staying as it was read.
        """

    def claimed(self, kind: str, keys: Collection[str]) -> Mapping[str, Claim]:
        """Those of the keys that are taken, with their claims."""

    def take_numbers(self, seller: str, kind: SeriesKind, count: int, on: date) -> TakenNumbers:
        """Take document numbers from the seller's series; given back if the transaction is rolled back."""

    def append(self, appends: Iterable[Append], claims: Sequence[Claim], origin: Origin) -> int:
        """Write events and claims; the position of the last event. Raises `VersionConflict` or `ClaimTaken`."""


class Store(Protocol):
    """Where events are kept."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Commits when left normally, rolls back when left by an exception; may raise `ConnectionLost`."""

    def find_answer(self, command_id: UUID) -> str | None:
        """The answer of a command that was committed, None where it was not."""

    def versions(self, streams: Collection[str]) -> Mapping[str, int]:
        """The current versions of streams, without those that do not exist."""


class VersionConflict(Conflict):
    """Somebody else appended to the stream since it was read."""

    code = "version-conflict"


class ClaimTaken(Conflict):
    """Somebody else claimed the key in the meantime."""

    code = "claim-taken"


class CommandIdReused(Conflict):
    """The command id was used before for another content."""

    code = "command-id-reused"

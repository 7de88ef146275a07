"""A projection: a question that it answers, tables, and a fold that writes one page of events at a time.

A projection never reads the clock, another projection's tables or the outside, so building it again from the first
event gives equal tables. Its statements name tables without a schema: the same fold fills the live tables and those
built next to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import compress
from typing import Any, NamedTuple, Protocol, runtime_checkable

import msgspec

from billing_core.kernel.events import Event, known_topics
from billing_core.parties.forgotten import CustomerForgotten

# The streams of a projection that folds streams of whatever kind.
EVERY_KIND = ("*",)


class Cursor(Protocol):
    """The database cursor that is handed in; rows come as tuples."""

    def execute(self, query: Any, params: Any = None) -> Any: ...

    def copy(self, statement: Any) -> AbstractContextManager[Any]: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


class Origin(msgspec.Struct, frozen=True):
    """Actor, role, channel and source; the command with its correlation; and who requested what the actor approved."""

    actor: str = ""
    role: str = ""
    channel: str = ""
    source: str = ""
    command: str = ""
    correlation: str = ""
    causation: str | None = None
    requested_by: str = ""


class LoggedEvent(NamedTuple):
    """An event at its place in the log, decoded, and `state`, the JSON bytes as they are stored.

    Personal data stand in the event alone, as far as they may be known; in the bytes they are encrypted. Only a
    `PersonalProjection` receives them. `number` is the part of the stream's name after its kind: `account/NUMBER`.
    """

    position: int
    stream: str
    number: str
    version: int
    event: Event
    state: bytes
    recorded_at: datetime
    origin: Origin


class Projection(Protocol):
    """A read model. A raised `version` says that its tables must be built again."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> int: ...

    @property
    def tables(self) -> tuple[str, ...]: ...

    @property
    def definition(self) -> str:
        """The statements that make its tables, with the keys that the fold needs."""

    @property
    def indexes(self) -> str:
        """The statements that make what only queries need: if tables are filled from nothing, they come last."""

    @property
    def by_stream(self) -> bool:
        """Whether its rows of one stream depend on no other stream, so that streams may be folded in any order."""

    @property
    def streams(self) -> tuple[str, ...]:
        """The kinds of stream whose events change its tables: it is given no others. `EVERY_KIND` are all of them."""

    @property
    def folds(self) -> tuple[type[Event], ...]:
        """The kinds of event, in today's shape, that change its tables: it receives no others."""

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        """Fold one page into the tables, with a fixed number of statements for any size of the page."""


@runtime_checkable
class PersonalProjection(Projection, Protocol):
    """A read model that shows personal data. Its fold of `CustomerForgotten` begins with `forget`.

    If it shows what is personal in some of its events alone, `shows` names those; it receives the others erased, which
    saves their decryption if no other read model of the page shows them.
    """

    def forget(self, cursor: Cursor, forgotten: Sequence[CustomerForgotten]) -> None:
        """Erase these customers from the tables, even from tables that will never reach the event itself."""


def folded_by(
    projections: Iterable[Projection], page: Sequence[LoggedEvent]
) -> Iterator[tuple[Projection, Sequence[LoggedEvent]]]:
    """Each projection with the events of the page that it folds, if there are any."""
    kinds = [(type(entry.event), kind_of_stream(entry)) for entry in page]
    place_of = {kind: place for place, kind in enumerate(dict.fromkeys(kinds))}
    places = list(map(place_of.__getitem__, kinds))
    for projection in projections:
        folded = [_folds(projection, *kind) for kind in place_of]
        if any(folded):
            yield projection, list(compress(page, map(folded.__getitem__, places)))


def _folds(projection: Projection, event: type[Event], stream: str) -> bool:
    of_kind = projection.streams == EVERY_KIND or stream in projection.streams
    return of_kind and issubclass(event, projection.folds)


def kind_of_stream(entry: LoggedEvent) -> str:
    """What kind of stream an event stands in: `account` for the stream `account/A0001`."""
    return entry.stream[: -len(entry.number) - 1]


def topics_left_out(projections: Iterable[Projection]) -> set[str]:
    """The topics that none of them folds. A topic that this program does not know is never among them."""
    return _topics_without(kind for projection in projections for kind in projection.folds)


def topics_of_nobody(projections: Iterable[Projection]) -> set[str]:
    """The topics whose personal data none of them shows."""
    personal = (each for each in projections if isinstance(each, PersonalProjection))
    return _topics_without(kind for each in personal for kind in getattr(each, "shows", each.folds))


def _topics_without(shown: Iterable[type[Event]]) -> set[str]:
    known, kinds = known_topics(), tuple(shown)
    names = {_name(topic) for topic, kind in known.items() if issubclass(kind, kinds)}
    return {topic for topic in known if _name(topic) not in names}


def _name(topic: str) -> str:
    """The common class of all versions of an event: they are read in the shape of the newest."""
    return topic.partition("/")[0]


def insert_rows(cursor: Cursor, table: str, columns: dict[str, str], rows: Iterable[Sequence[Any]]) -> None:
    """Stream new rows into a table; `columns` maps names to types."""
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
    with cursor.copy(statement) as copy:
        copy.set_types(list(columns.values()))
        for row in rows:
            copy.write_row(row)


def as_columns(rows: Iterable[Sequence[Any]], width: int) -> list[list[Any]]:
    """Rows turned into one list per column, for `unnest`; `width` empty lists without rows."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    return columns or [[] for _ in range(width)]


def as_array(values: Iterable[str]) -> str:
    """Texts as PostgreSQL reads an array."""
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"

"""What a query is, what it is answered from, and which queries there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any, BinaryIO, ClassVar, Generic, NamedTuple, TypeVar

import msgspec

from adapters.areas import exported
from adapters.bootstrap.application import Application
from adapters.bootstrap.query_source import QuerySource
from adapters.edge.values import Kept
from billing_core.kernel.errors import InvalidValue

MOST_AT_ONCE = 1_000
PART_BYTES = 1_000_000
Item = TypeVar("Item")


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """A question. Its fields are values of the core, as those of a command are."""


def _everything(_: str) -> bool:
    return True


class Reading(NamedTuple):
    """What a query is answered from: read models, live or as of a moment, and the streams as they show them.

    `today` is the day for which it is answered if the query names none. `permits` says whether the one who asks holds a
    further permission; who works on the server holds all. With a `dealer` it is asked by an operator of that dealer,
    who is shown the dealer's own customers alone. `actor` is who asks.
    """

    app: Application
    source: QuerySource
    today: date
    permits: Callable[[str], bool] = _everything
    dealer: str = ""
    actor: str = ""


Answer = Callable[[Any, Reading], Any]
Queries = Mapping[type[Query], Answer]


class Page(msgspec.Struct, Generic[Item]):
    """A part of a list; `next` is the value of `after` for the following one, None at the end."""

    items: list[Item]
    next: str | None


class Download(msgspec.Struct):
    """A file that is attached to what was asked for, by the hash of its content, and the name under which it is saved.

    The door answers with the file itself.
    """

    content_hash: str
    name: str


class FileAnswer(msgspec.Struct):
    """An answer that is a file of its own format, whose media type its class names."""

    content: bytes
    media_type: ClassVar[str]


class StreamedFile(msgspec.Struct):
    """An answer that is a file too large to be held: it is read from its beginning and closed, and then it is gone.

    `file` has no name on the disk, so that nothing is left of it whatever crashes. It is saved as `name`.
    """

    file: BinaryIO
    name: str
    media_type: ClassVar[str]

    def parts(self) -> Iterator[bytes]:
        """The content in order, a part at a time."""
        with self.file as file:
            file.seek(0)
            while part := file.read(PART_BYTES):
                yield part


def page_of(found: list[Item], limit: int, key: Callable[[Item], object]) -> Page[Item]:
    """The first `limit` entries of what was found with one more asked for than is shown."""
    shown = found[:limit]
    return Page(shown, str(key(shown[-1])) if len(found) > limit else None)


def _require_limit(limit: int) -> None:
    if not 1 <= limit <= MOST_AT_ONCE:
        raise InvalidValue(f"must be 1 to {MOST_AT_ONCE:,}")


Limit = Annotated[int, Kept(_require_limit)]


class Listing(Query, frozen=True, kw_only=True):
    """Entries in order, after one of them."""

    after: str = ""
    limit: Limit = 50


@cache
def queries() -> Queries:
    """All queries of all areas, with the functions that answer them."""
    found: dict[type[Query], Answer] = {}
    for of_area in exported("adapters.views", "QUERIES"):
        found |= of_area
    return found

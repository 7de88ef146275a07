"""What a page is, and the tables of all areas: pages, lists, forms, and the entries of the menu."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from adapters.areas import exported
from adapters.languages.language import N_ as N_  # noqa: PLC0414 - areas have it from here

if TYPE_CHECKING:
    from starlette.responses import Response

    from adapters.pages.sessions import Notice
    from adapters.pages.visit import Visit


OWN = "/my"


class Shown(NamedTuple):
    """What a page shows: a template of the area, and the values in it; `notice` is for the page after it.

    A page of this site may show one that `is_framed` inside of it.
    """

    template: str
    values: Mapping[str, Any]
    status: int = 200
    notice: Notice | None = None
    is_framed: bool = False


class Page(NamedTuple):
    """A page: its address, what it shows, and the first query that it asks, which the reader must be permitted.

    A page without a query is for all who have signed in, or with `is_public` for everybody.
    """

    path: str
    show: Callable[[Visit], Shown | Response]
    asks: type | None = None
    method: Literal["GET", "POST"] = "GET"
    is_public: bool = False

    @property
    def is_own(self) -> bool:
        """Whether it is one of the customers' own pages, who have sessions of their own."""
        return self.path == OWN or self.path.startswith(f"{OWN}/")


class Entry(NamedTuple):
    """An entry of the menu, for who may ask one of the queries, or for whom it says so.

    `place` is group and order, `key` is pressed after `g`.
    """

    label: str
    path: str
    icon: str
    asks: type | tuple[type, ...] | Callable[[Visit], bool]
    place: tuple[int, int]
    key: str = ""

    def is_open_to(self, visit: Visit) -> bool:
        """Whether who has signed in may open it."""
        if isinstance(self.asks, type):
            return visit.may(self.asks)
        return any(map(visit.may, self.asks)) if isinstance(self.asks, tuple) else self.asks(visit)


class Tile(NamedTuple):
    """A page of the set-up, for who may ask the query: in a group, with a word about what it is for."""

    group: Literal["people", "house", "systems", "by itself", "books"]
    label: str
    path: str
    asks: type
    hint: str = ""


def _of_areas(name: str) -> tuple[Any, ...]:
    return tuple(each for table in exported("adapters.pages", name) for each in table)


@cache
def pages() -> tuple[Page, ...]:
    """The pages of all areas that are written out."""
    return _of_areas("PAGES")


@cache
def tiles() -> tuple[Tile, ...]:
    """The pages of the set-up, which the areas export as `SET_UP`."""
    return _of_areas("SET_UP")


@cache
def menu() -> tuple[Entry, ...]:
    """The entries of the menu in their order."""
    return tuple(sorted(_of_areas("MENU"), key=lambda entry: entry.place))

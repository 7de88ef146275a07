"""What waits for somebody: the first thing on the dashboard and on the page of the search.

Each area exports as `TO_DO` what may wait in it; an operator sees what the own roles may ask for, the gravest first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from adapters.areas import exported
from adapters.languages.language import N_

if TYPE_CHECKING:
    from adapters.pages.visit import Visit

# So many are counted at most; the list itself has all of them.
COUNTED = 100
WORDS = {"bad": N_("Overdue"), "warn": N_("Decide"), "info": N_("Waiting")}
ORDER = tuple(WORDS)


class Waiting(NamedTuple):
    """What waits: how grave it is, what it is in words, the page on which it is settled, and a hint such as its age."""

    kind: Literal["bad", "warn", "info"]
    text: str
    path: str
    hint: str = ""


class ToDo(NamedTuple):
    """What may wait in an area, for who may ask its queries."""

    asks: tuple[type, ...]
    find: Callable[[Visit], Sequence[Waiting]]


@cache
def _all_of_it() -> tuple[ToDo, ...]:
    return tuple(each for table in exported("adapters.pages", "TO_DO") for each in table)


def to_do(visit: Visit) -> list[Waiting]:
    """What waits for who has signed in; nothing on pages that show the books of another day."""
    if visit.as_of:
        return []
    found = [waiting for each in _all_of_it() if visit.may(*each.asks) for waiting in each.find(visit)]
    return sorted(found, key=lambda waiting: ORDER.index(waiting.kind))


def days_old(visit: Visit, days: int) -> str:
    """How long the oldest one waits; empty if it came today."""
    return visit.written.ngettext("oldest %(num)s day", "oldest %(num)s days", days) if days > 0 else ""


def and_more(visit: Visit, has_more: bool) -> str:
    """Said if there are more than are counted."""
    return visit.translated(N_("and more")) if has_more else ""

"""The set-up: one page that leads to what an administrator sets, by the roles of who looks."""

from __future__ import annotations

from adapters.pages.page import N_, Entry, Shown, tiles
from adapters.pages.visit import Visit

GROUPS = {
    "people": N_("People and rights"),
    "house": N_("The house"),
    "systems": N_("Other systems"),
    "by itself": N_("What happens by itself"),
    "books": N_("The books"),
}


def set_up(visit: Visit) -> Shown:
    """What may be seen, in its groups."""
    found = {title: [tile for tile in tiles() if tile.group == group and visit.may(tile.asks)]
             for group, title in GROUPS.items()}  # fmt: skip
    return Shown("staff/set-up.html", {"groups": {title: of_group for title, of_group in found.items() if of_group}})


def _has_any(visit: Visit) -> bool:
    return any(visit.may(tile.asks) for tile in tiles())


ENTRY = Entry(N_("Set-up"), "/set-up", "gear", _has_any, (3, 4))

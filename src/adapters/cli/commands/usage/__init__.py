"""Usage: records of sources, whose they are, what they cost, and what they show."""

from __future__ import annotations

from adapters.cli.commands.usage import (
    batches,
    identifiers,
    mediation,
    price_lists,
    rated,
    sessions,
    sources,
)
from adapters.cli.groups import Group

COMMANDS = {
    **batches.COMMANDS,
    **identifiers.COMMANDS,
    **mediation.COMMANDS,
    **price_lists.COMMANDS,
    **rated.COMMANDS,
    **sessions.COMMANDS,
    **sources.COMMANDS,
}
GROUPS = {
    "usage": Group("Usage: records of sources, whose they are, and what they cost."),
    "usage price-list": Group("Price lists: check a file, publish it, show and compare versions."),
}

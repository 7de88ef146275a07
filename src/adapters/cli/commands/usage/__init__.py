"""Usage: records of sources, whose they are, what they cost, and what they show."""

from __future__ import annotations

from adapters.cli.commands.usage import (
    batches,
    control,
    destinations,
    explained,
    identifiers,
    lag,
    mediation,
    price_lists,
    rated,
    retention,
    sessions,
    sources,
    traffic,
    unknown,
)
from adapters.cli.groups import Group

COMMANDS = {
    **batches.COMMANDS,
    **control.COMMANDS,
    **destinations.COMMANDS,
    **explained.COMMANDS,
    **identifiers.COMMANDS,
    **lag.COMMANDS,
    **mediation.COMMANDS,
    **price_lists.COMMANDS,
    **rated.COMMANDS,
    **retention.COMMANDS,
    **sessions.COMMANDS,
    **sources.COMMANDS,
    **traffic.COMMANDS,
    **unknown.COMMANDS,
}
GROUPS = {
    "usage": Group("Usage: records of sources, whose they are, what they cost, and traffic."),
    "usage price-list": Group("Price lists: check a file, publish it, show and compare versions."),
}

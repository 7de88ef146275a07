"""Usage: take in records, and see what became of them."""

from __future__ import annotations

from adapters.cli.commands.usage import batches, identifiers
from adapters.cli.groups import Group

COMMANDS = {**batches.COMMANDS, **identifiers.COMMANDS}
GROUPS = {"usage": Group("Usage: records of sources, whose they are, and what they cost.")}

"""Usage: take in records, and see what became of them."""

from __future__ import annotations

from adapters.cli.commands.usage import batches
from adapters.cli.groups import Group

COMMANDS = {**batches.COMMANDS}
GROUPS = {"usage": Group("Usage: list its batches.")}

"""Work: tickets and their flows."""

from __future__ import annotations

from adapters.cli.commands.work import flows, tickets
from adapters.cli.groups import Group

COMMANDS = {**tickets.COMMANDS, **flows.COMMANDS}
GROUPS = {"work": Group(tickets.PURPOSE, listing=tickets.list_tickets)}

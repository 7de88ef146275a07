"""Work: tickets and their flows."""

from __future__ import annotations

from adapters.cli.commands.work import (
    boards,
    causes,
    drawings,
    figures,
    flows,
    mails,
    organiser,
    service_levels,
    tickets,
)
from adapters.cli.groups import Group

COMMANDS = {
    **tickets.COMMANDS,
    **drawings.COMMANDS,
    **boards.COMMANDS,
    **figures.COMMANDS,
    **flows.COMMANDS,
    **causes.COMMANDS,
    **service_levels.COMMANDS,
    **mails.COMMANDS,
    **organiser.COMMANDS,
}
GROUPS = {"work": Group(tickets.PURPOSE, listing=tickets.list_tickets)}

"""What waits in the work: tickets that are past their deadline."""

from __future__ import annotations

from adapters.pages.to_do import ToDo, Waiting
from adapters.pages.visit import Visit
from adapters.views.work.boards import ShowBoard
from adapters.views.work.tickets import ListTickets


def _late(visit: Visit) -> list[Waiting]:
    late = sum(cell.overdue for cell in visit.ask(ShowBoard, limit=1).cells)
    if not late:
        return []
    text = visit.written.ngettext(
        "%(num)s ticket is past its deadline", "%(num)s tickets are past their deadlines", late
    )
    return [Waiting("bad", text, "/tickets?is_overdue=true")]


TO_DO = (ToDo((ShowBoard, ListTickets), _late),)

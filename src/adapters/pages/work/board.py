"""The board of a queue: its steps as lanes with their most urgent tickets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from adapters.pages.forms import Choice
from adapters.pages.page import Page, Shown
from adapters.pages.visit import Visit
from adapters.pages.work.states import state_of
from adapters.views.work.boards import ShowBoard
from adapters.views.work.flows import ListFlows
from adapters.views.work.tickets import ShowMyWork
from commands.work.opening import OpenTicket

MOST = 1_000
SHOWN = 30


def queues(visit: Visit) -> Sequence[Choice]:
    """The queues of the flows that are published."""
    flows = visit.ask(ListFlows, limit=MOST).items if visit.may(ListFlows) else []
    return [Choice(queue, queue) for queue in sorted({flow.queue for flow in flows})]


def board(visit: Visit) -> Shown:
    """Lanes in order of queue and step; without a queue those of all."""
    queue = visit.query.get("queue", "")
    cells = visit.ask(ShowBoard, queue=queue, limit=SHOWN).cells
    mine = visit.ask(ShowMyWork) if visit.may(ShowMyWork) else None
    now = datetime.now(UTC)
    return Shown("work/board.html", {
        "cells": cells, "queue": queue, "queues": queues(visit), "state_of": lambda ticket: state_of(ticket, now),
        "open": sum(cell.tickets for cell in cells), "overdue": sum(cell.overdue for cell in cells),
        "offers_new": visit.may(OpenTicket), "mine": len(mine.assigned) + len(mine.of_crews) if mine else 0,
    })  # fmt: skip


PAGES = (Page("/work", board, ShowBoard),)

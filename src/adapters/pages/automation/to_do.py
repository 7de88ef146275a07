"""What waits of the things that happen by themselves: commands that were refused, deliveries that are given up."""

from __future__ import annotations

from adapters.actions.automation import ReplayDelivery, RetryRefusedCommand
from adapters.pages.to_do import COUNTED, ToDo, Waiting, and_more
from adapters.pages.visit import Visit
from adapters.views.automation import ListDeliveries, ListRefusedCommands

REFUSED, DELIVERIES = "/set-up/refused-commands", "/set-up/deliveries"


def _refused(visit: Visit) -> list[Waiting]:
    found = {cause: len(visit.ask(ListRefusedCommands, cause=cause).items) for cause in ("reaction", "wake-up")}
    return [
        Waiting("warn", visit.written.ngettext(
            "%(num)s command that is given by itself was refused",
            "%(num)s commands that are given by themselves were refused", count,
        ), f"{REFUSED}?cause={cause}")
        for cause, count in found.items() if count
    ]  # fmt: skip


def _dead(visit: Visit) -> list[Waiting]:
    dead = visit.ask(ListDeliveries, state="dead", limit=COUNTED)
    if not dead.items:
        return []
    text = visit.written.ngettext(
        "%(num)s delivery to another system is given up", "%(num)s deliveries to other systems are given up",
        len(dead.items),
    )  # fmt: skip
    return [Waiting("warn", text, f"{DELIVERIES}?state=dead", and_more(visit, dead.next is not None))]


TO_DO = (
    ToDo((ListRefusedCommands, RetryRefusedCommand), _refused),
    ToDo((ListDeliveries, ReplayDelivery), _dead),
)

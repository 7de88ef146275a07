"""What waits in billing: accounts that could not be billed."""

from __future__ import annotations

from adapters.pages.to_do import COUNTED, ToDo, Waiting, and_more
from adapters.pages.visit import Visit
from adapters.views.billing import ListParkedAccounts


def _parked(visit: Visit) -> list[Waiting]:
    found = visit.ask(ListParkedAccounts, limit=COUNTED)
    if not found.items:
        return []
    text = visit.written.ngettext(
        "%(num)s account could not be billed and is parked", "%(num)s accounts could not be billed and are parked",
        len(found.items),
    )  # fmt: skip
    return [Waiting("warn", text, "/billing/parked", and_more(visit, found.next is not None))]


TO_DO = (ToDo((ListParkedAccounts,), _parked),)

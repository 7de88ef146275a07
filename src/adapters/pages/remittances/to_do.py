"""What waits of the money that came in: payments that nobody recognises yet."""

from __future__ import annotations

from adapters.pages.remittances.addresses import QUEUE
from adapters.pages.shown import amount_with_currency
from adapters.pages.to_do import ToDo, Waiting, days_old
from adapters.pages.visit import Visit
from adapters.views.remittances import ListRemittances, ShowRemittanceTotals


def _unmatched(visit: Visit) -> list[Waiting]:
    totals = visit.ask(ShowRemittanceTotals).totals
    if not totals:
        return []
    oldest = visit.ask(ListRemittances, limit=1).items
    text = visit.written.ngettext(
        "%(num)s payment is unmatched, %(amount)s", "%(num)s payments are unmatched, %(amount)s",
        sum(each.remittances for each in totals),
        amount=", ".join(amount_with_currency(each.waiting) for each in totals),
    )  # fmt: skip
    age = max(((visit.today - each.received_on).days for each in oldest), default=0)
    return [Waiting("info", text, QUEUE, days_old(visit, age))]


TO_DO = (ToDo((ListRemittances, ShowRemittanceTotals), _unmatched),)

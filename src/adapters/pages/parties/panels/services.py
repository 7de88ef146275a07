"""Services: state, price, and the dates that matter."""

from __future__ import annotations

from datetime import date
from typing import Any

from adapters.pages.lists import State
from adapters.pages.page import N_
from adapters.pages.parties.panel import Card, Panel
from adapters.views.customer_services import ListServicesOfCustomer, ServiceOfCustomer

KINDS = {
    "active": "good", "planned": "info", "held": "info", "suspended": "bad", "terminated": "calm", "moved": "calm",
}  # fmt: skip
WORDS = {
    "active": N_("Active"), "planned": N_("Planned"), "held": N_("On hold"), "suspended": N_("Suspended"),
    "terminated": N_("Ended"), "moved": N_("Moved"),
}  # fmt: skip


def state_of(service: ServiceOfCustomer, today: date) -> tuple[State, date | None]:
    """The word of a service's state and the day that belongs to it: since when, until when, or from when on.

    active until it ends on 30 June     Ends 06-30
    suspended for non-payment           Suspended: non-payment
    """
    status = service.status
    if status == "active" and service.ends_on is not None:
        return State(N_("Ends"), "calm"), service.ends_on
    if status == "planned":
        return State(N_("Planned from"), "info"), service.since_on
    if status == "held" and service.until_on is not None:
        return State(N_("On hold until"), "info"), service.until_on
    if status in ("terminated", "moved"):
        return State(WORDS[status], KINDS[status]), service.since_on
    return State(WORDS[status], KINDS[status]), None


# More are looked for by a word, or shown on demand: a hotel has a service for each room.
MOST = 50


def _services(card: Card) -> dict[str, Any]:
    found = card.visit.ask(ListServicesOfCustomer, customer=card.number).items if card.entry.accounts else []
    running = [each for each in found if each.status not in ("terminated", "moved")]
    wanted = card.visit.query.get("service", "").strip()
    matching = [each for each in found if _has(each, wanted.casefold())]
    shown = matching if card.visit.query.get("services") == "all" else matching[:MOST]
    return {
        "count": len(running),
        "services": [(each, *state_of(each, card.today)) for each in shown],
        "wanted": wanted,
        "is_searched": len(found) > MOST,
        "more": len(matching) - len(shown),
        "has_dates": any(each.paid_until or each.due_on for each in found),
        "has_accounts": len({each.account for each in found}) > 1,
    }  # fmt: skip


def _has(service: ServiceOfCustomer, word: str) -> bool:
    texts = (service.subscription, service.name, service.tariff, service.address, service.account)
    return any(word in text.casefold() for text in texts)


SERVICES = Panel("services", N_("Services"), (ListServicesOfCustomer,), _services)

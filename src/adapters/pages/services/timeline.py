"""A service: its state, all changes of the past and the future, and what can be changed."""

from __future__ import annotations

from adapters.pages.page import N_, Page, Shown
from adapters.pages.services.changes import CHANGES
from adapters.pages.services.choices import card_of, subscription_of
from adapters.pages.visit import Visit
from adapters.views.services import ListSubscriptions

STATES = {"active": "good", "held": "info", "suspended": "bad", "terminated": "calm"}
CHANGE_NAMES = {
    "activate": N_("Activation"), "change-tariff": N_("Change of tariff"), "hold": N_("Hold"),
    "suspend": N_("Suspension"), "resume": N_("Resumption"), "terminate": N_("Termination"),
    "change-quantity": N_("Change of quantity"), "change-price": N_("Agreed prices"), "add-option": N_("Option added"),
    "drop-option": N_("Option dropped"), "grant-discount": N_("Discount granted"),
    "end-discount": N_("Discount ended"), "waive": N_("Waiver"),
}  # fmt: skip


def service(visit: Visit) -> Shown:
    """A subscription with its timeline, the newest change first."""
    found = subscription_of(visit)
    return Shown("services/service.html", {
        "found": found, "kind": STATES.get(found.status, "calm"), "names": CHANGE_NAMES, "card": card_of(visit),
        "offers": [(form.path.format(**visit.path), form.title) for form in CHANGES if visit.may(form.command)],
    })  # fmt: skip


PAGES = (Page("/accounts/{account}/subscriptions/{subscription}", service, ListSubscriptions),)

"""A service: its state, all changes of the past and the future, and what can be changed."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.pages.forms import Form
from adapters.pages.page import N_, Page, Shown
from adapters.pages.services.changes import CHANGES
from adapters.pages.services.choices import card_of, subscription_of
from adapters.pages.visit import Visit
from adapters.views.catalogue import ShowTariff
from adapters.views.services import ListSubscriptions, SubscriptionEntry
from commands.services.moves import UndoMove
from commands.services.status import ResumeSubscription
from commands.services.terms import EndDiscount

STATES = {"active": "good", "held": "info", "suspended": "bad", "terminated": "calm"}
CHANGE_NAMES = {
    "activate": N_("Activation"), "change-tariff": N_("Change of tariff"), "hold": N_("Hold"),
    "suspend": N_("Suspension"), "resume": N_("Resumption"), "terminate": N_("Termination"),
    "change-quantity": N_("Change of quantity"), "change-price": N_("Agreed prices"), "add-option": N_("Option added"),
    "drop-option": N_("Option dropped"), "grant-discount": N_("Discount granted"),
    "end-discount": N_("Discount ended"), "waive": N_("Waiver"), "move-in": N_("Moved here"),
    "move-away": N_("Moved away"),
}  # fmt: skip
# What cannot be cancelled by itself: the beginning of a service, and what another command undoes.
NOT_CANCELLED = ("activate", "move-in", "move-away")
# A change that ends another one is offered once there is one to end.
ENDS: dict[type, tuple[str, ...]] = {
    ResumeSubscription: ("hold", "suspend"), EndDiscount: ("grant-discount",), UndoMove: ("move-away",),
}  # fmt: skip


def service(visit: Visit) -> Shown:
    """A subscription with its timeline, the newest change first."""
    found = subscription_of(visit)
    return Shown("services/service.html", {
        "found": found, "kind": STATES.get(found.status, "calm"), "names": CHANGE_NAMES, "card": card_of(visit),
        "name": _name_of(found.tariff, visit), "kept": NOT_CANCELLED,
        "offers": [(form.path.format(**visit.path), form.title) for form in _offers(found, visit)],
    })  # fmt: skip


def _name_of(tariff: str, visit: Visit) -> str:
    """The name of a tariff, for who may see price lists."""
    return visit.ask(ShowTariff, code=tariff)["name"] if visit.may(ShowTariff) else tariff


def _offers(found: SubscriptionEntry, visit: Visit) -> Iterator[Form]:
    kinds = {change.kind for change in found.timeline}
    for form in CHANGES:
        if visit.may(form.command) and (form.command not in ENDS or not kinds.isdisjoint(ENDS[form.command])):
            yield form


PAGES = (Page("/accounts/{account}/subscriptions/{subscription}", service, ListSubscriptions),)

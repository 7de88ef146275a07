"""A stranger asks for a service: it becomes a ticket for a clerk, and no customer is registered by it."""

from __future__ import annotations

from adapters.door.own_door import APPLICATION
from adapters.pages.page import N_, Shown
from adapters.pages.visit import OwnVisit
from billing_core.kernel.errors import BillingError

TEMPLATE = "self_care/sign-up.html"
WORDS = ("name", "contact", "address", "tariff", "text")
TOO_MANY = N_("Too many attempts. Wait 15 minutes, or call us.")
MISSING = N_("Name, contact and address are needed.")
NOT_NOW = N_("This cannot be sent at the moment. Call us.")


def sign_up(visit: OwnVisit) -> Shown:
    """The form."""
    return _shown(visit)


def signing_up(visit: OwnVisit) -> Shown:
    """What was written, as a ticket. One with a word in the field that people do not see is dropped."""
    if visit.first("website"):
        return _shown(visit, is_sent=True)
    typed = {word: visit.first(word).strip() for word in WORDS}
    if not (typed["name"] and typed["contact"] and typed["address"]):
        return _shown(visit, MISSING, 422)
    try:
        visit.door.count_request(APPLICATION, typed["contact"], visit.caller())
        visit.door.apply(visit.caller(), typed)
    except BillingError as error:
        is_often = error.code == "too-many-failures"
        return _shown(visit, TOO_MANY if is_often else NOT_NOW, 429 if is_often else 422)
    return _shown(visit, is_sent=True)


def _shown(visit: OwnVisit, error: str = "", status: int = 200, *, is_sent: bool = False) -> Shown:
    typed = {word: visit.first(word) for word in WORDS}
    return Shown(TEMPLATE, {"typed": typed, "error": error, "is_sent": is_sent}, status)

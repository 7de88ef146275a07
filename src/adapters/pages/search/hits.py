"""Each hit of the search with its words, and the page to which it leads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import quote

from adapters.pages.lists import State
from adapters.pages.page import N_
from adapters.pages.parties.panels.services import KINDS as SERVICE_KINDS
from adapters.pages.parties.panels.services import WORDS as SERVICE_WORDS
from adapters.pages.visit import Visit
from billing_core.kernel.money import Money
from projections.search.hit import Hit, HitKind


class Found(NamedTuple):
    """A thing that was found: `key` names it in the address of its preview, `address` is its own page.

    `balances` are what a customer owes or has as credit, `amount` is that of a document or payment.
    """

    key: str
    address: str
    title: str
    number: str
    hint: str
    state: State | None = None
    balances: tuple[Money, ...] = ()
    amount: Money | None = None


# Customers are shown with more than a hit says of them.
LABELS: Mapping[HitKind, str] = {
    "account": N_("Accounts"), "document": N_("Documents"), "payment": N_("Payments"),
    "remittance": N_("Unmatched payments"), "service": N_("Services"), "ticket": N_("Tickets"),
}  # fmt: skip
STATES: Mapping[tuple[HitKind, str], State] = {
    ("account", "parked"): State(N_("Not billed"), "bad"),
    ("document", "open"): State(N_("Open"), "info"),
    ("document", "overdue"): State(N_("Overdue"), "bad"),
    ("document", "paid"): State(N_("Paid"), "good"),
    ("payment", "reversed"): State(N_("Taken back"), "bad"),
    ("ticket", "open"): State(N_("Open"), "info"),
    ("ticket", "closed"): State(N_("Closed"), "calm"),
    **{("service", status): State(word, SERVICE_KINDS[status]) for status, word in SERVICE_WORDS.items()},
}
ADDRESSES: Mapping[HitKind, Callable[[Hit], str]] = {
    "account": lambda hit: f"/customers/{_in_path(hit.customer)}?account={_in_path(hit.number)}",
    "document": lambda hit: f"/documents/{_in_path(hit.number)}",
    "payment": lambda hit: f"/accounts/{_in_path(hit.account)}/payments/{_in_path(hit.number)}",
    "remittance": lambda hit: f"/payments/unmatched?chosen={quote(hit.number, safe='')}",
    "service": lambda hit: f"/accounts/{_in_path(hit.account)}/subscriptions/{_in_path(hit.number)}",
    "ticket": lambda hit: f"/tickets/{_in_path(hit.number)}",
}
DOCUMENTS = {"invoice": N_("Invoice"), "credit-note": N_("Credit note")}


def _in_path(text: str) -> str:
    return quote(text, safe=":")


def shown(visit: Visit, hit: Hit) -> Found:
    """A hit of any kind but a customer, with whose it is and by what it was found."""
    title = visit.translated(DOCUMENTS[hit.title]) if hit.kind == "document" else hit.title or hit.customer_name
    whose = f"{hit.customer_name} {hit.customer}".strip()
    by = "" if hit.value in (hit.number, title) else hit.value
    on = hit.on.isoformat() if hit.on else ""
    return Found(
        "-".join(each for each in (hit.kind, hit.account, hit.number) if each), ADDRESSES[hit.kind](hit),
        title or hit.number, hit.number, " · ".join(each for each in (whose, on, by) if each),
        STATES.get((hit.kind, hit.state)),
        (hit.amount,) if hit.kind == "account" and hit.amount else (),
        None if hit.kind == "account" else hit.amount,
    )  # fmt: skip

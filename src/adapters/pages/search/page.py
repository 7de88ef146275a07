"""The page of the search: what was found, and a preview of the chosen one that answers most calls.

It works without a script: each thing is a link. With it, arrows choose, Enter opens, and what is typed is sought.
"""

from __future__ import annotations

from typing import Any

from adapters.pages.page import Page, Shown
from adapters.pages.parties.panels.services import state_of
from adapters.pages.search.found import search, sums_of
from adapters.pages.search.hits import Found
from adapters.pages.search.marking import marked
from adapters.pages.to_do import WORDS, to_do
from adapters.pages.visit import Visit
from adapters.views.customer_services import ListServicesOfCustomer
from adapters.views.parties import ShowCustomer
from commands.payments.account import ReceivePayment
from commands.work.opening import OpenTicket


def find(visit: Visit) -> Shown:
    """What fits `q`, and a preview of the chosen one, the first unless the address names another."""
    sought, only = visit.query.get("q", "").strip(), visit.query.get("kind", "")
    kinds = search(visit, sought, only) if sought else []
    found = [each for kind in kinds for each in kind.found]
    wanted = visit.query.get("chosen", "")
    chosen = next((each for each in found if each.key == wanted), found[0] if found else None)
    return Shown("search/search.html", {
        "sought": sought, "only": only, "kinds": kinds, "found": found, "chosen": chosen,
        "preview": _preview(visit, chosen), "marked": lambda text: marked(text, sought),
        "waiting": [] if sought else to_do(visit), "words": WORDS,
        "may_take": visit.may(ReceivePayment), "may_open": visit.may(OpenTicket),
    })  # fmt: skip


def _preview(visit: Visit, chosen: Found | None) -> dict[str, Any] | None:
    """What is known of the chosen customer at a glance."""
    if chosen is None or not chosen.key.startswith("customer-") or not visit.may(ShowCustomer):
        return None
    entry = visit.ask(ShowCustomer, number=chosen.number)
    services = []
    if entry.accounts and visit.may(ListServicesOfCustomer):
        services = visit.ask(ListServicesOfCustomer, customer=chosen.number).items
    return {
        "entry": entry, "customer": entry.customer, "sums": sums_of(entry.accounts),
        "services": [(each, *state_of(each, visit.today)) for each in services],
        "account": entry.accounts[0].number if entry.accounts else "",
    }  # fmt: skip


PAGES = (Page("/search", find),)

"""The card of a customer: everything on one page, panel by panel.

A panel is a module of `panels` and a template of its name; it stands here once more, at its place. It is left out for
who may not ask what it shows. A part of the page that htmx asks for is made of its own panel alone.
"""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from adapters.pages.page import N_, Page, Shown
from adapters.pages.parties.explaining import EXPLAINING
from adapters.pages.parties.panel import Card, Panel
from adapters.pages.parties.panels.accounts import ACCOUNTS
from adapters.pages.parties.panels.items import ITEMS
from adapters.pages.parties.panels.log import LOG
from adapters.pages.parties.panels.more import MORE
from adapters.pages.parties.panels.next_bill import NEXT_BILL
from adapters.pages.parties.panels.notes import NOTES, PAPERS
from adapters.pages.parties.panels.payments import PAYMENTS
from adapters.pages.parties.panels.people import PEOPLE
from adapters.pages.parties.panels.services import SERVICES
from adapters.pages.parties.panels.tickets import TICKETS
from adapters.pages.visit import Visit
from adapters.views.parties import ShowCustomer
from adapters.views.promises import ShowPromiseHistory
from commands.accounts import OpenAccount
from commands.contracts.drafting import DraftContract
from commands.notes import AddNote, AttachCustomerFile, WithdrawCustomerFile, WithdrawNote
from commands.parties import PutContact, RemoveContact
from commands.payments.account import ReceivePayment, ReversePayment
from commands.payments.giving_back import WriteOffInvoice
from commands.self_care.passwords import LookAsCustomer
from commands.services.status import ActivateSubscription
from commands.services.terms import ChangeTariff
from commands.work.opening import OpenTicket

# The commands that templates of the card ask about.
COMMANDS = SimpleNamespace(
    ReceivePayment=ReceivePayment, ReversePayment=ReversePayment, WriteOffInvoice=WriteOffInvoice,
    OpenAccount=OpenAccount, ActivateSubscription=ActivateSubscription, ChangeTariff=ChangeTariff,
    AddNote=AddNote, WithdrawNote=WithdrawNote, AttachCustomerFile=AttachCustomerFile, DraftContract=DraftContract,
    WithdrawCustomerFile=WithdrawCustomerFile,
    LookAsCustomer=LookAsCustomer, OpenTicket=OpenTicket, PutContact=PutContact, RemoveContact=RemoveContact,
    ShowPromiseHistory=ShowPromiseHistory,
)  # fmt: skip
BODY: tuple[Panel, ...] = (ACCOUNTS, SERVICES, ITEMS, PAYMENTS, LOG)
SIDE: tuple[Panel, ...] = (NEXT_BILL, TICKETS, NOTES, PAPERS, PEOPLE, MORE)


def card(visit: Visit) -> Shown:
    """The customer, and each panel that the reader may see."""
    shown = Card(visit)
    wanted = visit.request.headers.get("HX-Target", "")
    body, side = ([each for each in panels if _is_shown(each, visit)] for panels in (BODY, SIDE))
    alone = [each for each in (*body, *side) if visit.is_part and each.name == wanted]
    found = {each.name: _values(each, shown) for each in alone or (*body, *side)}
    return Shown("parties/card.html", {
        "card": shown, "customer": shown.entry.customer, "found": found, "commands": COMMANDS, "asks": EXPLAINING,
        "first_service": _first_running(found), "days_from_now": lambda on: days_from(visit, on),
        "body": [each for each in body if found.get(each.name) is not None],
        "side": [each for each in side if found.get(each.name) is not None],
    })  # fmt: skip


def _is_shown(panel: Panel, visit: Visit) -> bool:
    return visit.may(*panel.asks)


def _values(panel: Panel, shown: Card) -> dict[str, Any] | None:
    """What its template needs; None if there is nothing to show."""
    values = panel.values(shown)
    return None if values is None else dict(values)


def _first_running(found: dict[str, Any]) -> Any:
    """The service whose tariff is changed by a key: the first one that runs."""
    services = (found.get(SERVICES.name) or {}).get("services", ())
    return next((service for service, *_ in services if service.status in ("active", "held")), None)


def days_from(visit: Visit, on: date) -> str:
    """How far a day is from today, in words."""
    days = (on - visit.today).days
    if days == 0:
        return visit.translated(N_("today"))
    if days == 1:
        return visit.translated(N_("tomorrow"))
    words = N_("in %(days)s days") if days > 0 else N_("%(days)s days ago")
    return visit.translated(words) % {"days": abs(days)}


PAGES = (Page("/customers/{number}", card, ShowCustomer),)

"""What to pay and why, the services, the invoices, what is offered, and who the customer is."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from starlette.responses import RedirectResponse, Response

from adapters.pages.page import Shown
from adapters.pages.self_care.payment_code import qr_code
from adapters.pages.sessions import Look, put_look
from adapters.pages.visit import OwnVisit
from adapters.views.billing import PrintInvoice
from adapters.views.self_care.account import OwnAccount, ShowOwnAccount
from adapters.views.self_care.details import OwnDetails, ShowOwnDetails
from adapters.views.self_care.held import ExportOwnData
from adapters.views.self_care.offers import ListOwnOffers
from billing_core.kernel.languages import LANGUAGES

NEWEST = 4


def own_details(visit: OwnVisit) -> OwnDetails:
    found: OwnDetails = visit.ask(ShowOwnDetails, customer=visit.customer)
    return found


def own_accounts(visit: OwnVisit, details: OwnDetails) -> list[OwnAccount]:
    return [visit.ask(ShowOwnAccount, account=number) for number in details.accounts]


def _shown(visit: OwnVisit, template: str, **values: Any) -> Shown:
    return Shown(f"self_care/{template}.html", {"qr_code": qr_code, **values})


def overview(visit: OwnVisit) -> Shown:
    """Everything on one page: the debt first."""
    details = own_details(visit)
    accounts = own_accounts(visit, details)
    offers = [(number, each) for number in details.accounts for each in visit.ask(ListOwnOffers, account=number).items]
    documents = sorted((each for account in accounts for each in account.documents), key=_newest, reverse=True)
    return _shown(visit, "overview", details=details, accounts=accounts, offers=offers, documents=documents[:NEWEST],
                  count=len(documents))  # fmt: skip


def _newest(document: Any) -> Any:
    return document.issued_on, document.number


def invoices(visit: OwnVisit) -> Shown:
    """All invoices and credit notes, account by account."""
    details = own_details(visit)
    return _shown(visit, "invoices", accounts=own_accounts(visit, details))


def invoice(visit: OwnVisit) -> Response:
    """A document as a PDF."""
    number = visit.path["number"]
    file = visit.ask(PrintInvoice, number=number)
    headers = {"Content-Disposition": f'inline; filename="{number}.pdf"'}
    return Response(file.content, media_type=file.media_type, headers=headers)


def services(visit: OwnVisit) -> Shown:
    """The services, and what is offered for each."""
    details = own_details(visit)
    offers = {(number, each.subscription): each for number in details.accounts
              for each in visit.ask(ListOwnOffers, account=number).items}  # fmt: skip
    return _shown(visit, "services", accounts=own_accounts(visit, details), offers=offers)


def yourself(visit: OwnVisit) -> Shown:
    """Who the customer is, what was reported, and what is held."""
    return _shown(visit, "you", details=own_details(visit))


def data(visit: OwnVisit) -> Response:
    """All that is held, as a file."""
    file = visit.ask(ExportOwnData, customer=visit.customer)
    headers = {"Content-Disposition": f'attachment; filename="{visit.customer}.json"'}
    return Response(file.content, media_type=file.media_type, headers=headers)


def held(visit: OwnVisit) -> Shown:
    """The same to read: how often what happened, and when last."""
    file = visit.ask(ExportOwnData, customer=visit.customer)
    found: dict[str, list[str]] = {}
    for event in json.loads(file.content)["events"]:
        found.setdefault(event["event"], []).append(event["recorded_at"][:10])
    rows = [(name, len(days), date.fromisoformat(max(days))) for name, days in sorted(found.items())]
    return _shown(visit, "held", details=own_details(visit), rows=rows)


def choose_language(visit: OwnVisit) -> Response:
    """The pages in another language, in this browser."""
    wanted = visit.first("language")
    response = RedirectResponse(visit.first_page if visit.session else visit.sign_in, 303)
    put_look(response, Look(visit.look.theme, wanted if wanted in LANGUAGES else "", visit.look.has_keys),
             visit.request)  # fmt: skip
    return response

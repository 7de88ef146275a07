"""The page of a payer who has the link of a request to pay: what is asked for, and how it is paid."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from adapters.bootstrap.payment_links import card_page, proved
from adapters.bootstrap.settings import read_settings
from adapters.pages.page import Shown
from adapters.pages.self_care.payment_code import qr_code
from adapters.pages.visit import OwnVisit
from adapters.views.payment_requests import shown_request


def asked(visit: OwnVisit) -> Shown:
    """What is asked for, how it is paid, or what became of it."""
    app, name, token = visit.door.app, visit.path["request"], visit.path["token"]
    request = proved(app, name, token)
    number = request.asked.number
    shown, _ = app.bus.look(lambda transaction: shown_request(transaction, request.asked.account, number))
    pays_by_card = read_settings().stripe is not None and shown.state == "open"
    return Shown("self_care/asked.html", {
        "asked": shown, "qr_code": qr_code, "card": f"{visit.request.url.path}/card" if pays_by_card else "",
    })  # fmt: skip


def by_card(visit: OwnVisit) -> Response:
    """To a page of the gateway on which it is paid."""
    source = visit.request.client.host if visit.request.client else "unknown"
    return RedirectResponse(card_page(visit.door.app, visit.path["request"], visit.path["token"], source), 303)

"""A contract with its services, annexes and history, and its paper."""

from __future__ import annotations

from starlette.responses import Response

from adapters.door.downloads import attachment_answer
from adapters.pages.contracts.forms import offered
from adapters.pages.contracts.states import state_of
from adapters.pages.page import Page, Shown
from adapters.pages.visit import Visit
from adapters.views.contracts import PrintContract, ShowContract, TakeSignedContract


def contract(visit: Visit) -> Shown:
    """The card of a contract."""
    card = visit.ask(ShowContract, contract=visit.path["contract"])
    return Shown("contracts/contract.html", {
        "card": card, "state_of": state_of, "offers": offered(visit, card.status, has_notice=card.notice is not None),
    })  # fmt: skip


def paper(visit: Visit) -> Response:
    """The contract, or one of its annexes, on paper."""
    found = visit.ask(PrintContract, contract=visit.path["contract"], annex=visit.query.get("annex", ""))
    headers = {"Content-Disposition": f'inline; filename="{visit.path["contract"]}.pdf"'}
    return Response(found.content, media_type=found.media_type, headers=headers)


def signed(visit: Visit) -> Response:
    """The file of the signed paper."""
    found = visit.ask(TakeSignedContract, contract=visit.path["contract"], annex=visit.query.get("annex", ""))
    return attachment_answer(visit.door.app, found.content_hash, found.name)


PAGES = (
    Page("/contracts/{contract}", contract, ShowContract),
    Page("/contracts/{contract}/paper", paper, PrintContract),
    Page("/contracts/{contract}/signed", signed, TakeSignedContract),
)

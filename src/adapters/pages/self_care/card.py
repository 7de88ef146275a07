"""The customers' own pages about cards: pay by card, store a card, remove it."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from adapters.actions.cards import HOME, back_to
from adapters.bootstrap.card_desk import CardDesk, gateway_of
from adapters.bootstrap.settings import read_settings
from adapters.pages.page import N_, Shown
from adapters.pages.self_care.overview import own_details
from adapters.pages.sessions import Notice, put_notice
from adapters.pages.visit import OwnVisit
from adapters.views.cards import ShowStoredCard
from billing_core.kernel.errors import NotFound
from commands.cards.charging import AskCardPayment
from commands.cards.ports import CardAgreement
from commands.cards.stored import AgreeToStoringCard, RemoveCard

TEMPLATE = "self_care/card.html"
# The wording to which the customer agrees; it is kept as it was shown, in the language in which it was.
AGREED = N_("What is due on my account is charged to this card from now on, until I remove it here.")
REMOVED, BY_CUSTOMER = N_("Your card is removed."), "removed by the customer"
NOT_AGREED = N_("Tick that you agree, so that we may charge the card.")


def _account(visit: OwnVisit) -> str:
    """An account of the customer's own."""
    account = visit.path["account"]
    if account not in own_details(visit).accounts:
        raise NotFound("no such account", field="account", value=account)
    return account


def card(visit: OwnVisit) -> Shown:
    """The stored card of an account, and how it is stored or removed."""
    return _shown(visit, _account(visit))


def _shown(visit: OwnVisit, account: str, error: str = "", status: int = 200) -> Shown:
    return Shown(TEMPLATE, {
        "account": account, "card": visit.ask(ShowStoredCard, account=account), "agreed": AGREED, "error": error,
        "may_store": read_settings().stripe is not None,
    }, status)  # fmt: skip


def pay(visit: OwnVisit) -> Response:
    """To a page of the gateway on which all that is owed is paid."""
    desk = _desk(visit)
    done = visit.carry_out(AskCardPayment, {"account": _account(visit), "gateway": desk.gateway.name})
    return RedirectResponse(desk.open_page(done.result["card_payment"], back_to(HOME)), 303)


def _desk(visit: OwnVisit) -> CardDesk:
    return CardDesk(visit.door.app, gateway_of(read_settings().stripe))


def store(visit: OwnVisit) -> Shown | Response:
    """To a page of the gateway on which a card is stored, once the customer agrees."""
    account = _account(visit)
    if not visit.first("agree"):
        return _shown(visit, account, NOT_AGREED, 422)
    desk, agreed = _desk(visit), visit.translated(AGREED)
    visit.carry_out(AgreeToStoringCard, {"account": account, "agreed": agreed})
    link = desk.gateway.open_store_page(
        CardAgreement(account, account, agreed), back_to(f"/my/accounts/{account}/card")
    )
    return RedirectResponse(link, 303)


def remove(visit: OwnVisit) -> Response:
    """The card is charged no more."""
    account = _account(visit)
    visit.carry_out(RemoveCard, {"account": account, "reason": BY_CUSTOMER})
    response = RedirectResponse(f"/my/accounts/{account}/card", 303)
    put_notice(response, Notice(visit.translated(REMOVED)), visit.request)
    return response

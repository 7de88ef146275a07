"""Open pages of the gateway of cards, and store a card that the gateway has."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from adapters.actions.action import Acting, Action, Actions
from adapters.bootstrap.card_desk import CardDesk, gateway_of, store_command
from adapters.bootstrap.settings import read_settings
from commands.cards.charging import AskCardPayment
from commands.cards.ports import CardAgreement
from commands.cards.stored import AgreeToStoringCard
from commands.platform.identity import new_id

HOME = "/my"


class OpenCardPage(Action, frozen=True, kw_only=True):
    """Open a page of the gateway on which all that an account owes, or `amount`, is paid by card; its `link`."""

    account: str
    amount: Decimal | None = None


class OpenCardStorePage(Action, frozen=True, kw_only=True):
    """Open a page of the gateway on which a card is stored, to be charged with what is due; its `link`.

    `agreed` is the wording that the customer agrees to.
    """

    account: str
    agreed: str


class AttachCard(Action, frozen=True, kw_only=True):
    """Store a card that the customer gave to the gateway, by the gateway's name of it: `pm_...`."""

    account: str
    payment_method: str
    agreed: str


def desk_of(acting: Acting) -> CardDesk:
    """The desk at the gateway that the settings name."""
    return CardDesk(acting.app, gateway_of(read_settings().stripe))


def back_to(path: str) -> str:
    """Our own page to which the gateway sends the customer back."""
    return f"{read_settings().own_pages or 'http://localhost'}{path}"


def _open_page(action: OpenCardPage, acting: Acting) -> dict[str, Any]:
    desk = desk_of(acting)
    command = AskCardPayment(account=action.account, gateway=desk.gateway.name, amount=action.amount)
    answer = acting.app.execute(command, acting.origin)
    name = answer.result["card_payment"]
    return {"card_payment": name, "link": desk.open_page(name, back_to(HOME))}


def _open_store_page(action: OpenCardStorePage, acting: Acting) -> dict[str, Any]:
    desk = desk_of(acting)
    acting.app.execute(AgreeToStoringCard(account=action.account, agreed=action.agreed), acting.origin)
    agreement = CardAgreement(action.account, action.account, action.agreed)
    return {"link": desk.gateway.open_store_page(agreement, back_to(HOME))}


def _attach(action: AttachCard, acting: Acting) -> dict[str, Any]:
    desk = desk_of(acting)
    acting.app.execute(AgreeToStoringCard(account=action.account, agreed=action.agreed), acting.origin)
    report = desk.gateway.attach(CardAgreement(action.account, action.account, action.agreed), action.payment_method)
    origin = acting.origin._replace(command_id=new_id())
    return dict(acting.app.execute(store_command(report, desk.gateway.name), origin).result)


ACTIONS: Actions = {OpenCardPage: _open_page, OpenCardStorePage: _open_store_page, AttachCard: _attach}

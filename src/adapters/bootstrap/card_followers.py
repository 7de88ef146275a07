"""What the gateway of cards is asked by itself: charges and refunds that were recorded, and what callbacks name."""

from __future__ import annotations

from collections.abc import Callable

from adapters.bootstrap.application import Application
from adapters.bootstrap.card_desk import CardDesk, gateway_of
from adapters.bootstrap.seller_clock import SellerClock
from adapters.bootstrap.settings import Settings
from billing_core.cards.callbacks import CardCallbackTaken
from billing_core.cards.payments import CardPaymentAsked, CardPaymentFailed, CardPaymentWaits, CardRefundAsked
from commands.cards.ports import Gateway
from commands.platform.followers import Delivery, Follower

CHARGES, CALLBACKS, MESSAGES = "card-charges", "card-callbacks", "card-messages"
HOME = "/my"


def card_followers(application: Application, settings: Settings, clock: SellerClock | None = None) -> list[Follower]:
    """The followers; none without a gateway."""
    if settings.stripe is None:
        return []
    home = f"{settings.own_pages or ''}{HOME}"
    return followers_of(application, gateway_of(settings.stripe), clock, home)


def followers_of(
    application: Application, gateway: Gateway, clock: SellerClock | None = None, home: str = HOME
) -> list[Follower]:
    """The followers that ask a gateway. A callback has its own one: a refusal of it holds up no charge.

    `home` is where customers pay who have to act, unless their bank says where.
    """
    desk = CardDesk(application, gateway, clock)
    return [
        Follower(CHARGES, (CardPaymentAsked, CardRefundAsked), _asking(desk), "start", sees_personal=False),
        Follower(CALLBACKS, (CardCallbackTaken,), _following(desk), "start", sees_personal=False),
        Follower(MESSAGES, (CardPaymentWaits, CardPaymentFailed), _telling(desk, home), "now"),
    ]


def _asking(desk: CardDesk) -> Callable[[Delivery], None]:
    def deliver(delivery: Delivery) -> None:
        fact, name = delivery.entry.event, delivery.entry.number
        if isinstance(fact, CardRefundAsked):
            desk.refund(name, fact.number)
        elif isinstance(fact, CardPaymentAsked) and fact.way == "stored" and fact.gateway == desk.gateway.name:
            desk.settle(name)

    return deliver


def _following(desk: CardDesk) -> Callable[[Delivery], None]:
    def deliver(delivery: Delivery) -> None:
        fact = delivery.entry.event
        assert isinstance(fact, CardCallbackTaken)
        if fact.gateway == desk.gateway.name:
            desk.follow(fact.object)

    return deliver


def _telling(desk: CardDesk, home: str) -> Callable[[Delivery], None]:
    def deliver(delivery: Delivery) -> None:
        fact, name = delivery.entry.event, delivery.entry.number
        if isinstance(fact, CardPaymentWaits):
            desk.tell(name, "to confirm", fact.link or home)
        else:
            desk.tell(name, "refused", home)

    return deliver

"""An operator whose customers pay by card, with the simulator of a gateway on the other side."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from pydantic import SecretStr

from adapters.bootstrap.automation import Automation
from adapters.bootstrap.card_desk import CardDesk
from adapters.bootstrap.card_followers import followers_of
from adapters.bootstrap.registry import REACTIONS, WAKES
from adapters.bootstrap.seller_clock import SellerClock
from adapters.cards.settings import StripeSettings
from adapters.cards.simulator import SimulatedGateway, serving
from adapters.cards.stripe_gateway import StripeGateway
from billing_core.cards.payments import CardPayment, apply_card_payment
from commands.cards.charging import AskCardPayment, ChargeCard
from commands.cards.stored import StoreCard
from commands.cards.streams import card_payment_stream
from tests.operators import Operator

A, B = "A0001", "A0002"
DUE_ON = date(2026, 2, 1)


class Cashing:
    """The operator, the gateway, and the desk between them on a day."""

    def __init__(self, operator: Operator, gateway: SimulatedGateway, address: str) -> None:
        self.operator, self.gateway = operator, gateway
        settings = StripeSettings(
            secret_key=SecretStr("sk_test"), callback_secret=SecretStr(gateway.callback_secret), api=address
        )
        self.stripe = StripeGateway(settings)

    def desk(self, on: date) -> CardDesk:
        application = self.operator.application
        return CardDesk(application, self.stripe, SellerClock(application.store, application.tables, on))

    def store(self, card: str = "pm_good", account: str = A, on: date = DUE_ON) -> None:
        self.gateway.answer("GET", f"/v1/payment_methods/{card}", {}, "")
        command = StoreCard(
            account=account, gateway="stripe", gateway_customer=f"cus_{account}", payment_method=card, brand="visa",
            last_four="4242", expires="2039-12", agreed="you charge my card with what is due",
        )  # fmt: skip
        self.operator.tell(command, today=on)

    def charge(self, on: date, account: str = A) -> str:
        """Ask for what is due and have it charged; the name of the card payment, empty if nothing is charged."""
        name = str(self.operator.tell(ChargeCard(account=account), today=on).result["card_payment"])
        if name:
            self.desk(on).settle(name)
        return name

    def open_page(self, on: date, account: str = A) -> str:
        """A page for all that is owed; the name of the card payment."""
        answer = self.operator.tell(AskCardPayment(account=account, gateway="stripe"), today=on)
        name = str(answer.result["card_payment"])
        self.desk(on).open_page(name, "https://my.isp.test/my")
        return name

    def payment(self, name: str) -> CardPayment:
        found = self.operator.application.store.load(card_payment_stream(name), apply_card_payment)
        assert found is not None
        return found

    def call_back(self, callback: dict[str, Any], on: date) -> None:
        """The gateway calls back, and what the callback names is read."""
        body, headers = self.gateway.signed(callback)
        desk = self.desk(on)
        desk.take(body, {name.lower(): value for name, value in headers.items()}, "203.0.113.7")
        desk.follow(callback["data"]["object"]["id"])

    def call_back_all(self, on: date) -> None:
        for callback in list(self.gateway.callbacks):
            self.call_back(callback, on)

    def let_happen(self, on: date) -> None:
        """Everything that happens by itself on a day."""
        application = self.operator.application
        clock = SellerClock(application.store, application.tables, on)
        followers = followers_of(application, self.stripe, clock)
        Automation(application, REACTIONS, WAKES, followers, clock=clock).settle()

    def balance(self, account: str = A) -> str:
        return str(self.operator.account(account).ledger.balance.amount)


@contextmanager
def cashing_with(operator: Operator) -> Iterator[Cashing]:
    """24.00 are due on the two accounts in January."""
    for number in (A, B):
        operator.subscriber(number, until=date(2026, 2, 1))
    operator.bill(date(2026, 1, 2))
    gateway = SimulatedGateway()
    with serving(gateway) as address:
        yield Cashing(operator, gateway, address)

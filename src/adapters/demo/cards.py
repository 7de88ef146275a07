"""The demo's payment by card: a page of a gateway, which calls back twice, in the wrong order, and is imitated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import SecretStr

from adapters.bootstrap.card_desk import CardDesk
from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.seller_clock import SellerClock
from adapters.cards.settings import StripeSettings
from adapters.cards.simulator import SimulatedGateway, serving
from adapters.cards.stripe_gateway import StripeGateway
from commands.cards.charging import AskCardPayment
from commands.cards.ports import Forged
from commands.platform.identity import new_id

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application

AMOUNT = Decimal("5.00")
BACK_TO = "https://my.isp.example/my"


class DemoCards:
    """A payment of an account on a page of a gateway that runs in this process and moves no money."""

    def __init__(self, app: Application, on: date) -> None:
        self._app = app
        self._on = on

    def pay(self, account: str) -> Iterator[str]:
        """What happens, line by line."""
        gateway = SimulatedGateway()
        with serving(gateway) as address:
            settings = StripeSettings(
                secret_key=SecretStr("sk_test"), callback_secret=SecretStr(gateway.callback_secret), api=address
            )
            clock = SellerClock(self._app.store, self._app.tables, self._on)
            desk = CardDesk(self._app, StripeGateway(settings), clock)
            command = AskCardPayment(account=account, gateway=desk.gateway.name, amount=AMOUNT)
            origin = origin_of_process("demo", self._on)._replace(command_id=new_id())
            name = self._app.execute(command, origin).result["card_payment"]
            page = desk.open_page(name, BACK_TO).rpartition("/")[2]
            yield f"card payment {name}: a page of the gateway for {AMOUNT} EUR"
            gateway.pay_page(page, "pm_poor")
            gateway.pay_page(page)
            yield "the first card is refused, the second one is charged"
            yield self._called_back(gateway, desk)
            with suppress(Forged):
                body, headers = gateway.signed(gateway.callbacks[0], secret="whsec_guessed")
                desk.take(body, {key.lower(): value for key, value in headers.items()}, "203.0.113.7")
            payment = desk.payment(name)
            assert payment is not None
            yield f"booked once as stripe:{payment.reference}; a forged callback is refused and kept"

    def _called_back(self, gateway: SimulatedGateway, desk: CardDesk) -> str:
        """The newest callback comes first, and all of them twice."""
        sent = [*reversed(gateway.callbacks), *gateway.callbacks]
        known = 0
        for callback in sent:
            body, headers = gateway.signed(callback)
            answer = desk.take(body, {key.lower(): value for key, value in headers.items()}, "gateway")
            known += answer.result["known"]
            desk.follow(callback["data"]["object"]["id"])
        return f"{len(sent)} callbacks come, the newest first; {known} of them were known"

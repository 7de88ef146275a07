"""The desk of cards: asks the gateway for what was recorded, and notes what it says.

Everything here may be cut off at any moment and done again: what was asked is recorded before, and what the gateway
says is noted once. So the follower, a callback and a run may be at the same card payment at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

from adapters.bootstrap.application import Application
from adapters.bootstrap.seller_clock import SellerClock
from adapters.cards.settings import StripeSettings
from adapters.cards.stripe_gateway import StripeGateway
from billing_core.cards.payments import CardPayment, apply_card_payment
from billing_core.cards.reports import CardReport, ChargeReport, DisputeReport, RefundReport, Report
from billing_core.kernel.errors import NotFound, RuleViolation
from commands.accounts import account_stream
from commands.cards.callbacks import RefuseCardCallback, TakeCardCallback
from commands.cards.noting import NoteCardDispute, NoteCardRefund, NoteCharge
from commands.cards.ports import CardAsk, Forged, Gateway, RefundAsk
from commands.cards.stored import StoreCard
from commands.cards.streams import card_payment_stream
from commands.outreach.messages import QueueMessage
from commands.platform.bus import SYSTEM, Answer, Command
from commands.platform.identity import new_id
from commands.platform.ports import Origin

CHANNEL = "card gateway"
MOST_BODY = 65_536


class NoGateway(RuleViolation):
    """The settings name no gateway of cards."""

    code = "no-gateway"


def gateway_of(settings: StripeSettings | None) -> Gateway:
    """The gateway that the settings name."""
    if settings is None:
        raise NoGateway("no gateway of cards is set; give the settings [stripe]", field="stripe", value=None)
    return StripeGateway(settings)


class CardDesk:
    """Asks one gateway, and notes its answers in its name."""

    def __init__(self, application: Application, gateway: Gateway, clock: SellerClock | None = None) -> None:
        self._application = application
        self.gateway = gateway
        self._clock = clock or SellerClock(application.store, application.tables)

    # --- what was asked

    def settle(self, name: str) -> None:
        """Have a stored card charged that was asked for, or see how a charge goes on that waits."""
        payment = self.payment(name)
        if payment is None or not payment.is_under_way:
            return
        ask = CardAsk(name, payment)
        is_new = payment.state == "asked" and payment.asked.way == "stored"
        report = self.gateway.charge(ask) if is_new else self.gateway.look(ask)
        if report is not None:
            self._note(name, payment, report)

    def give_up(self, name: str) -> None:
        """End a charge for which the customer did nothing; one that was paid meanwhile is noted as paid."""
        payment = self.payment(name)
        if payment is None or not payment.is_under_way:
            return
        report = self.gateway.cancel(CardAsk(name, payment))
        if report is None:
            report = ChargeReport(key=name, reference=f"none-{name}", state="failed", amount=payment.asked.amount,
                                  code="not_confirmed")  # fmt: skip
        self._note(name, payment, report)

    def open_page(self, name: str, back_to: str) -> str:
        """The address of the page on which the customer pays."""
        payment = self.payment(name)
        if payment is None:
            raise NotFound("no such card payment", field="card payment", value=name)
        report = self.gateway.open_page(CardAsk(name, payment), back_to)
        self._note(name, payment, report)
        return report.link

    def refund(self, name: str, number: int) -> None:
        """Have the gateway give back what was asked for."""
        payment = self.payment(name)
        refund = None if payment is None else payment.refunds.get(number)
        if payment is None or refund is None or refund.state != "asked":
            return
        report = self.gateway.refund(RefundAsk(name, payment.reference, number, refund.amount))
        self._give(NoteCardRefund(account=payment.asked.account, card_payment=name, report=report))

    def tell(self, name: str, outcome: str, link: str) -> None:
        """Write to the customer, once for each outcome; who pays on a page sees there what comes of it."""
        payment = self.payment(name)
        if payment is None or payment.asked.way == "page":
            return
        asked = payment.asked
        self._give(QueueMessage(
            kind="card-payment", account=asked.account, cause=f"card payment {name} {outcome}",
            values={"outcome": outcome, "amount": str(asked.amount), "link": link},
        ))  # fmt: skip

    # --- what the gateway says

    def take(self, body: bytes, headers: Mapping[str, str], source: str) -> Answer:
        """Take a callback in; one that is none of the gateway's is kept as refused, and `Forged`."""
        content_hash = sha256(body).hexdigest()
        try:
            signed = self.gateway.verify(body, headers)
            return self._give(TakeCardCallback(
                gateway=self.gateway.name, callback=signed.callback, kind=signed.kind, object=signed.object,
                content_hash=content_hash, body=body.decode(),
            ))  # fmt: skip
        except Forged as error:
            self.refuse(content_hash, str(error), source)
            raise

    def refuse(self, content_hash: str, why: str, source: str) -> None:
        """Keep that a callback was refused."""
        self._give(RefuseCardCallback(gateway=self.gateway.name, content_hash=content_hash, why=why, source=source))

    def follow(self, name: str) -> None:
        """Read the object of a callback at the gateway, and note what is so now."""
        self.note(self.gateway.read(name))

    def note(self, reports: Iterable[Report]) -> None:
        for report in reports:
            if isinstance(report, CardReport):
                self._give(store_command(report, self.gateway.name))
                continue
            payment = self.payment(report.key)
            if payment is not None:
                self._note(report.key, payment, report)

    def payment(self, name: str) -> CardPayment | None:
        """A card payment as it is now."""
        found: CardPayment | None = self._application.store.load(card_payment_stream(name), apply_card_payment)
        return found

    def _note(self, name: str, payment: CardPayment, report: ChargeReport | RefundReport | DisputeReport) -> None:
        account = payment.asked.account
        match report:
            case ChargeReport():
                self._give(NoteCharge(account=account, card_payment=name, report=report))
            case RefundReport():
                self._give(NoteCardRefund(account=account, card_payment=name, report=report))
            case DisputeReport():
                self._give(NoteCardDispute(account=account, card_payment=name, report=report))

    def _give(self, command: Command) -> Answer:
        identity, stream = new_id(), account_stream(getattr(command, "account", ""))
        origin = Origin(
            actor=self.gateway.name, role=SYSTEM, channel=CHANNEL, source=self.gateway.name, command_id=identity,
            correlation_id=identity, recorded_at=self._clock.now(), today=self._clock.today_of([stream])[stream],
        )  # fmt: skip
        return self._application.execute(command, origin)


def store_command(report: CardReport, gateway: str) -> StoreCard:
    """The command that stores the card of a report."""
    return StoreCard(
        account=report.account, gateway=gateway, gateway_customer=report.gateway_customer,
        payment_method=report.payment_method, brand=report.brand, last_four=report.last_four, expires=report.expires,
        agreed=report.agreed,
    )  # fmt: skip


def card_desk_of(application: Application, settings: StripeSettings | None) -> CardDesk | None:
    """The desk at the gateway that the settings name; None without one."""
    return None if settings is None else CardDesk(application, StripeGateway(settings))

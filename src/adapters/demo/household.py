"""The demo's household: television is paid before, internet and telephone are billed afterwards, on one account.

All three are taken on as one piece of work. What is not due stops no service that is paid before; on its due date the
invoice takes the money that is left, and television waits until there is enough for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from adapters.bootstrap.automation import Automation
from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.registry import REACTIONS, WAKES
from adapters.bootstrap.seller_clock import SellerClock
from adapters.demo.generated import CURRENCY, SELLER
from billing_core.accounts.plans import BillingPlan, Prepaid
from billing_core.invoicing.invoices import InvoiceIssued
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, total
from billing_core.parties.customers import Customer
from billing_core.parties.details import Address
from billing_core.payments.events import ItemsFellDue, PaymentReceived
from billing_core.payments.falling_due import FALLS_DUE
from billing_core.services.events import SubscriptionActivated, SubscriptionResumed, SubscriptionSuspended
from billing_core.time.periods import boundary
from commands.accounts import account_stream
from commands.billing.account import BillAccount
from commands.onboarding import AccountToOpen, ServiceToActivate, TakeOnCustomer
from commands.payments.account import ReceivePayment
from commands.platform.identity import new_id
from projections.billing import documents_of

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application
    from commands.platform.bus import Command

ACCOUNT, NAME = "A200004", "Līga Kalniņa"
# Which services it begins with; those on the tariffs billed afterwards are not suspended by the balance.
SERVICES = (("tv", "cable-tv"), ("net", "internet-100"), ("phone", "telephone"))
BILLED_AFTERWARDS = ("internet-100", "telephone")
TOLD = (
    SubscriptionActivated, SubscriptionSuspended, SubscriptionResumed, InvoiceIssued, PaymentReceived, ItemsFellDue,
)  # fmt: skip


class DemoHousehold:
    """Six weeks of an account that mixes services; each day gives what happened on it."""

    def __init__(self, app: Application, begins_on: date) -> None:
        self._app = app
        self._begins_on = begins_on
        self._told = 0

    def live_through(self) -> Iterator[Event]:
        """It is taken on, pays for television, owes what falls due, pays, and owes a part again."""
        first, second = self._begins_on, boundary(self._begins_on.year, self._begins_on.month + 1, 1)
        yield from self._day(first, self._taken_on(), BillAccount(account=ACCOUNT))
        yield from self._day(first.replace(day=3), self._payment("20.00", "H1", first.replace(day=3)))
        yield from self._day(first.replace(day=15))
        yield from self._day(second, BillAccount(account=ACCOUNT))
        yield from self._day(second.replace(day=4), self._payment("75.00", "H2", second.replace(day=4)))
        yield from self._day(second.replace(day=15))

    def invoiced(self) -> tuple[int, Money]:
        """How many invoices it has, and their sum."""
        with self._app.queries.cursor() as cursor:
            invoices = [row for row in documents_of(cursor, ACCOUNT) if row.kind == "invoice"]
        return len(invoices), total((row.gross for row in invoices), CURRENCY)

    def _taken_on(self) -> TakeOnCustomer:
        number = ACCOUNT.removeprefix("A")
        address = Address(street="Upes iela 9", city="Kalnpils", postal_code="LV-3921", country="LV")
        plan = BillingPlan(
            billing_day=1, due_days=14, tolerance_days=14, prepaid=Prepaid(postpaid_tariffs=BILLED_AFTERWARDS)
        )
        return TakeOnCustomer(
            customer=Customer(number=number, kind="person", name=NAME, address=address,
                              email=f"customer-{number}@mail.example"),
            registered_on=self._begins_on,
            account=AccountToOpen(number=ACCOUNT, seller=SELLER.code, currency=CURRENCY, plan=plan),
            services=tuple(
                ServiceToActivate(subscription=code, tariff=tariff, on=self._begins_on) for code, tariff in SERVICES
            ),
        )  # fmt: skip

    def _payment(self, amount: str, reference: str, on: date) -> ReceivePayment:
        money = Money(Decimal(amount), CURRENCY)
        return ReceivePayment(account=ACCOUNT, source="bank", reference=reference, amount=money, received_on=on)

    def _day(self, today: date, *commands: Command) -> Iterator[Event]:
        """Commands of a day, and what follows from them and from the day by itself."""
        for command in commands:
            self._app.bus.execute(command, origin_of_process("demo", today)._replace(command_id=new_id()))
        clock = SellerClock(self._app.store, self._app.tables, today)
        Automation(self._app, REACTIONS, {FALLS_DUE: WAKES[FALLS_DUE]}, (), clock=clock).settle()
        facts = self._app.queries.events_of(account_stream(ACCOUNT))
        self._told, new = len(facts), facts[self._told :]
        yield from (fact for fact in new if isinstance(fact, TOLD))

"""The demo's debtors: one who comes back, one who goes to an agency, and one who disputes an invoice.

They have accounts of their own, so that a dunning policy changes nothing for the others. Each day has the commands that
people give, the dunning run of the morning, and all that follows by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from adapters.bootstrap.automation import Automation
from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.registry import REACTIONS, WAKES
from adapters.bootstrap.seller_clock import SellerClock
from adapters.demo.generated import CURRENCY, SELLER
from billing_core.accounts.plans import BillingPlan
from billing_core.dunning.collection import CollectionAgency, HandedToCollection, TakenBackFromCollection
from billing_core.dunning.facts import DunningStepTaken, ItemDisputed, ItemDisputeEnded
from billing_core.dunning.policies import (
    DaysFromDue,
    DunningPolicy,
    DunningStep,
    HandToCollection,
    StepFee,
    Suspend,
    Terminate,
)
from billing_core.invoicing.invoices import InvoiceIssued
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, total
from billing_core.outreach.terms import KindTerms, OutreachTerms
from billing_core.parties.customers import Customer
from billing_core.parties.details import Address
from billing_core.payments.events import InvoiceWrittenOff, PaymentReceived
from billing_core.promises import PromiseBroken, PromiseOpened
from billing_core.services.events import SubscriptionResumed, SubscriptionSuspended, SubscriptionTerminated
from commands.accounts import OpenAccount, account_stream
from commands.billing.account import BillAccount
from commands.collection.agencies import DrawUpCollectionBatch, SetCollectionAgency, TakeBackFromCollection
from commands.collection.agency_payments import BookAgencyPayment
from commands.dunning.policies import PublishDunningPolicy
from commands.dunning.stops import DisputeItem, EndDispute
from commands.outreach.terms import SetOutreachTerms
from commands.parties import RegisterCustomer
from commands.payments.account import ReceivePayment
from commands.payments.giving_back import WriteOffInvoice
from commands.platform.identity import new_id
from commands.platform.progress import unwatched
from commands.promises import OpenPromise
from commands.services import ActivateSubscription
from projections.billing import DocumentRow, documents_of
from projections.suspensions.returns import returns_after

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application
    from commands.platform.bus import Command

COMES_BACK, TO_AGENCY, DISPUTES = "A200001", "A200002", "A200003"
NAMES = {COMES_BACK: "Ilze Vītola", TO_AGENCY: "Žanis Krūmiņš", DISPUTES: "Dārta Ozola"}
SERVICE, AGENCY = "internet", "rapid"
# Of the streams of the accounts, what the story is about.
TOLD = (
    InvoiceIssued, DunningStepTaken, ItemDisputed, ItemDisputeEnded, PromiseOpened, PromiseBroken,
    SubscriptionSuspended, SubscriptionResumed, SubscriptionTerminated, PaymentReceived, HandedToCollection,
    TakenBackFromCollection, InvoiceWrittenOff,
)  # fmt: skip


def policy() -> DunningPolicy:
    """A message before the due date, two reminders, the second one with a fee, suspension, and at last the end
    of the services and an agency."""
    fee = StepFee(amount=Decimal("5.00"), description="Last reminder", vat_rate=Decimal(21))
    return DunningPolicy(
        code="home",
        name="Households",
        currency=CURRENCY,
        skips=("weekends", "holidays"),
        tolerance_days=14,
        steps=(
            DunningStep(code="due-soon", when=DaysFromDue(days=-3), message="due-soon"),
            DunningStep(code="reminder", when=DaysFromDue(days=7), message="overdue"),
            DunningStep(code="last-reminder", when=DaysFromDue(days=14), message="overdue", fee=fee),
            DunningStep(code="suspend", when=DaysFromDue(days=21), message="suspended", actions=(Suspend(),)),
            DunningStep(
                code="agency",
                when=DaysFromDue(days=35),
                actions=(Terminate(reason="not paid"), HandToCollection(agency=AGENCY)),
            ),
        ),
    )


class Happening(NamedTuple):
    """An event of an account."""

    account: str
    fact: Event


class DemoDebtors:
    """The way of three accounts, from the first invoice on; `today` is the day that it has reached."""

    def __init__(self, app: Application, begins_on: date) -> None:
        self._app = app
        self.today = begins_on
        self._told = dict.fromkeys(NAMES, 0)

    def begin(self) -> Iterator[Happening]:
        """Say what the seller sends, publish the policy, and bill the three for the month before."""
        self._follow()
        kinds = [KindTerms(kind=kind) for kind in ("due-soon", "overdue", "suspended", "returned", "promise")]
        self.give(SetOutreachTerms(seller=SELLER.code, terms=OutreachTerms(kinds=tuple(kinds))))
        self.give(SetCollectionAgency(agency=CollectionAgency(code=AGENCY, name="Rapid Collection")))
        self.give(PublishDunningPolicy(policy=policy()))
        for account in NAMES:
            for command in self._opened(account):
                self.give(command)
        yield from self._day(self.today.day, self.today.month)

    def up_to_suspension(self) -> Iterator[Happening]:
        """From the message before the due date to the suspension."""
        yield from self._morning_of(12, 1)
        disputed = self.first_invoice(DISPUTES).number
        yield from self._day(20, 1, DisputeItem(account=DISPUTES, invoice=disputed, reason="no signal in December"))
        yield from self._morning_of(22, 1)
        yield from self._morning_of(29, 1)
        yield from self._day(29, 1, OpenPromise(account=COMES_BACK, until=self.today + timedelta(days=4)))
        yield from self._day(3, 2)
        yield from self._morning_of(5, 2)
        yield from self._morning_of(10, 2)

    def after_payment(self) -> Iterator[Happening]:
        """The dispute is over, and two of them pay."""
        disputed = self.first_invoice(DISPUTES).number
        yield from self._day(11, 2, EndDispute(account=DISPUTES, invoice=disputed, outcome="the invoice is right"))
        yield from self._day(11, 2, self._payment(DISPUTES))
        yield from self._day(11, 2, self._payment(COMES_BACK))

    def to_the_end(self) -> Iterator[Happening]:
        """The fee is invoiced; what is open goes to the agency, which collects a part; the rest is written off."""
        yield from self._morning_of(19, 2)
        self.give(DrawUpCollectionBatch(agency=AGENCY))
        item = self.first_invoice(TO_AGENCY)
        collected = BookAgencyPayment(
            agency=AGENCY, account=TO_AGENCY, invoice=item.number, amount=Decimal("20.00"), reference="R-1",
            fee=Decimal("4.00"),
        )  # fmt: skip
        yield from self._day(1, 3, BillAccount(account=COMES_BACK))
        yield from self._day(20, 3, collected)
        back = TakeBackFromCollection(account=TO_AGENCY, invoices=(item.number,), reason="nothing more to collect")
        yield from self._day(30, 4, back)
        yield from self._day(30, 4, WriteOffInvoice(account=TO_AGENCY, invoice=item.number, reason="cannot be found"))

    def seconds_to_return(self) -> Decimal:
        """How long the service took to return after the payment was recorded."""
        with self._app.queries.cursor() as cursor:
            (back,) = returns_after(cursor, "", 1, self.today, self.today)
        return back.seconds

    def invoiced(self) -> tuple[int, Money]:
        """How many invoices the three have, and their sum."""
        invoices = [row for account in NAMES for row in self._documents(account) if row.kind == "invoice"]
        return len(invoices), total((row.gross for row in invoices), CURRENCY)

    def give(self, command: Command) -> None:
        """Give a command on the day that has been reached."""
        self._app.bus.execute(command, origin_of_process("demo", self.today)._replace(command_id=new_id()))

    def first_invoice(self, account: str) -> DocumentRow:
        """The first invoice of an account."""
        return self._documents(account)[0]

    def _opened(self, account: str) -> Iterator[Command]:
        number, month_before = account.removeprefix("A"), (self.today - timedelta(days=1)).replace(day=1)
        address = Address(street="Liepu iela 7", city="Ezermala", postal_code="LV-3917", country="LV")
        customer = Customer(number=number, kind="person", name=NAMES[account], address=address,
                            email=f"customer-{number}@mail.example")  # fmt: skip
        yield RegisterCustomer(customer=customer, registered_on=month_before)
        yield OpenAccount(
            account=account, customer=number, seller=SELLER.code, currency=CURRENCY, opened_on=month_before,
            plan=BillingPlan(billing_day=1, due_days=14, tolerance_days=14, dunning="home"),
        )  # fmt: skip
        yield ActivateSubscription(account=account, subscription=SERVICE, tariff="internet-100", on=month_before)
        yield BillAccount(account=account)

    def _payment(self, account: str) -> ReceivePayment:
        item = self.first_invoice(account)
        return ReceivePayment(account=account, source="bank", reference=f"D{item.number}", amount=item.gross,
                              payment_reference=item.number)  # fmt: skip

    def _morning_of(self, day: int, month: int) -> Iterator[Happening]:
        """The dunning run of a day, and what follows from it."""
        self.today = date(self.today.year, month, day)
        with self._app.dunning_run(self.today) as run:
            totals = run.run(origin_of_process("demo", self.today), unwatched)
        assert not totals.parked, f"accounts could not be decided: {totals.parked}"
        yield from self._day(day, month)

    def _day(self, day: int, month: int, *commands: Command) -> Iterator[Happening]:
        """Commands of a day, and what follows from them."""
        self.today = date(self.today.year, month, day)
        for command in commands:
            self.give(command)
        self._follow()
        for account, known in self._told.items():
            facts = self._app.queries.events_of(account_stream(account))
            self._told[account] = len(facts)
            for fact in facts[known:]:
                if isinstance(fact, TOLD):
                    yield Happening(account, fact)

    def _follow(self) -> None:
        """Do what follows by itself: returns, messages, and the end of a promise whose time has come."""
        clock = SellerClock(self._app.store, self._app.tables, self.today)
        Automation(self._app, REACTIONS, {"promise": WAKES["promise"]}, (), clock=clock).settle()

    def _documents(self, account: str) -> list[DocumentRow]:
        with self._app.queries.cursor() as cursor:
            return sorted(documents_of(cursor, account), key=lambda row: (row.issued_on, row.number))

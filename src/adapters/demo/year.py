"""The demo's year: months billed and paid, a late change, a payment that bounces.

The operator looks after its subscribers from 1 January on, and bills on the first of each month what was due before it;
most were connected in the year before, for which the first run makes one invoice each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, get_args

import msgspec

from adapters.bootstrap.origins import origin_of_process
from adapters.demo import generated
from adapters.demo.customers import know_better
from adapters.demo.generated import OpenInvoice, habit_of
from billing_core.custom_fields import FieldDefinition
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, total
from billing_core.parties.customers import CustomerChanged
from billing_core.party_changes import CustomerChanges
from billing_core.payments.events import payment_id
from billing_core.payments.guesses import Guess
from billing_core.payments.matching import MoneySigns
from billing_core.promises import PromiseTerms
from billing_core.time.periods import boundary
from commands.bank_statements.booking import BankRow
from commands.custom_fields import PublishCustomFields
from commands.onboarding import NewSubscriber
from commands.parties import ChangeCustomer, customer_stream
from commands.payments.account import ReversePayment
from commands.payments.remittances import AssignRemittance
from commands.platform.batch import BatchReport
from commands.platform.identity import new_id
from commands.promises import OpenPromise, SetPromiseTerms
from commands.services import ChangeTariff, SuspendSubscription
from projections.accounts.balances import AccountRow, accounts_of_customers
from projections.billing import DocumentRow, documents_after, documents_of
from projections.dunning.suspensions import SuspensionRow, suspension_list
from projections.parties import CustomerRow, list_customers
from projections.payments import payments_of
from projections.platform.ports import Progress
from projections.platform.runner import LIVE_SCHEMA
from projections.remittances.guesses import Unmatched, guesses
from projections.search.hit import Hit, HitKind, Sought
from projections.search.hits import find

if TYPE_CHECKING:
    from adapters.bootstrap.application import Application
    from commands.billing.run_ports import RunTotals
    from commands.platform.ports import Origin

START_ON = date(2025, 1, 1)
MONTHS = 12
DOOR_CODE = "7 blue"


class Month(NamedTuple):
    """The totals of one month."""

    until: date
    totals: RunTotals
    payments: int
    paid: Money


class DemoYear:
    """The operator's year, step by step."""

    def __init__(self, app: Application, subscribers: int) -> None:
        self.app = app
        self.subscribers: list[NewSubscriber] = []
        self._count = subscribers
        self._last_invoice = ""
        self._coming: list[BankRow] = []

    @property
    def ends_on(self) -> date:
        return boundary(START_ON.year, START_ON.month + MONTHS, 1)

    def origin(self, today: date) -> Origin:
        return origin_of_process("demo", today)

    def bring_in(self, progress: Progress) -> int:
        """Register the seller, its tariffs and all subscribers; the number of subscribers."""
        for command in generated.setup_commands(START_ON):
            self.app.bus.execute(command, self.origin(START_ON))
        rows = list(generated.subscribers(self._count, START_ON))
        self.subscribers = [row.subscriber for row in rows]
        report = BatchReport()
        self.app.onboarding().bring_in(rows, self.origin(START_ON), report, progress)
        self.app.runner.catch_up()
        return report.accepted

    def month_ends(self) -> list[date]:
        """The dates on which the operator runs the billing, the first one to catch up with the year before."""
        return [boundary(START_ON.year, START_ON.month + month, 1) for month in range(MONTHS + 1)]

    def bill(self, until: date, progress: Progress = lambda count: None) -> RunTotals:
        """Bill on a day all that is due before it."""
        with self.app.billing_run(until) as billing_run:
            return billing_run.run(until, self.origin(until), progress)

    def live_through(self, until: date, progress: Progress) -> Month:
        """Bill up to a date, and import the payments received by then."""
        totals = self.bill(until, progress)
        self._coming += generated.payments(self._new_invoices())
        arrived = [row for row in self._coming if row.received_on < until]
        self._coming = [row for row in self._coming if row.received_on >= until]
        report = BatchReport()
        with self.app.bank_file_import(len(arrived)) as bank_file:
            bank_file.take_in(arrived, self.origin(until), report, lambda count: None)
        assert report.accepted == len(arrived), f"the bank's rows were not all taken: {report.rejected[:3]}"
        paid = total((row.amount for row in arrived), generated.CURRENCY)
        return Month(until, totals, len(arrived), paid)

    def _new_invoices(self) -> list[OpenInvoice]:
        with self.app.tables.transaction(LIVE_SCHEMA) as cursor:
            documents = documents_after(cursor, self._last_invoice)
        invoices = [row for row in documents if row.kind == "invoice"]
        if invoices:
            self._last_invoice = invoices[-1].number
        return [OpenInvoice(row.account, row.number, row.gross, row.due_on) for row in invoices]

    def chosen(self) -> NewSubscriber:
        """The subscriber to explain: connected during the year, and paying on time."""
        return max(self.subscribers, key=self._is_suitable)

    def another(self) -> NewSubscriber:
        """A subscriber who pays on time, and whose account is not the one to explain."""
        explained = self.chosen()
        on_time = (each for each in self.subscribers if habit_of(each.account.number) == "on time")
        return next(each for each in on_time if each is not explained and each.subscription.terminated_on is None)

    def newest_document(self, subscriber: NewSubscriber) -> DocumentRow:
        """The document that was issued last to the subscriber's account."""
        with self.app.tables.transaction(LIVE_SCHEMA) as cursor:
            return max(documents_of(cursor, subscriber.account.number), key=lambda row: (row.issued_on, row.number))

    def _is_suitable(self, subscriber: NewSubscriber) -> tuple[bool, ...] | tuple[bool, bool, bool, bool, date]:
        subscription = subscriber.subscription
        return (
            subscription.terminated_on is None and subscription.activated_on < self.ends_on - timedelta(days=90),
            subscription.tariff == "internet-100",
            habit_of(subscriber.account.number) == "on time",
            subscriber.account.plan.billing_day == 1 and not subscription.agreed_prices,
            subscription.activated_on,
        )

    def change_the_past(self, subscriber: NewSubscriber) -> ChangeTariff:
        """Record in January that the subscriber moved to another tariff on 11 December, a month already invoiced."""
        tariff = subscriber.subscription.tariff
        command = ChangeTariff(
            account=subscriber.account.number,
            subscription=subscriber.subscription.code,
            tariff="internet-500" if tariff != "internet-500" else "internet-100",
            on=boundary(self.ends_on.year, self.ends_on.month - 1, 11),
        )
        self.app.bus.execute(command, self.origin(self.ends_on))
        self.app.runner.catch_up()
        return command

    def correct_details(self, subscriber: NewSubscriber) -> list[CustomerChanged]:
        """The subscriber says a phone number and a door code, a custom field, and that the e-mail is out of use; the
        changes of its details by then.
        """
        number = subscriber.customer.number
        door = FieldDefinition(code="door_code", labels={"en": "Door code"}, is_searchable=True)
        published = PublishCustomFields(subject="customer", fields=(door,))
        self.app.bus.execute(published, self.origin(self.ends_on))
        changes = CustomerChanges(phone="+371 67000000", email=None, custom_fields={"door_code": DOOR_CODE})
        self.app.bus.execute(ChangeCustomer(number=number, changes=changes), self.origin(self.ends_on))
        self.app.runner.catch_up()
        found = self.app.queries.events_of(customer_stream(number))
        return [fact for fact in found if isinstance(fact, CustomerChanged)]

    def know_better(self, subscriber: NewSubscriber) -> list[Event]:
        """The subscriber agrees to offers, names a contact and was registered twice; what the stream says of it."""
        again = msgspec.structs.replace(subscriber.customer, number=f"{subscriber.customer.number}-2")
        return know_better(self.app, subscriber.customer, again, self.origin(self.ends_on))

    def find_anything(self, text: str) -> list[Hit]:
        """All that a text finds."""
        with self.app.tables.transaction(LIVE_SCHEMA) as cursor:
            return find(cursor, Sought(text, 10, self.ends_on), get_args(HitKind))

    def found_by(self, text: str, limit: int) -> list[CustomerRow]:
        """The first customers that a text finds."""
        with self.app.tables.transaction(LIVE_SCHEMA) as cursor:
            return list_customers(cursor, text, limit)

    def bounce_last_payment(self, account: str) -> ReversePayment | None:
        """The bank takes the newest payment of an account back."""
        with self.app.tables.transaction(LIVE_SCHEMA) as cursor:
            received = payments_of(cursor, account)
        if not received:
            return None
        command = ReversePayment(account=account, payment=received[-1].payment, reason="returned by the payer's bank")
        self.app.bus.execute(command, self.origin(self.ends_on))
        self.app.runner.catch_up()
        return command

    def promise(self) -> OpenPromise:
        """The seller takes promises from the last day on, and the first account on the suspension list makes one."""
        origin = self.origin(self.ends_on)
        seller = next(iter(self.app.models().sellers()))
        terms = PromiseTerms(most_days=10, price=Decimal("0.50"), vat_rate=Decimal(21), days_after_broken=30)
        self.app.bus.execute(SetPromiseTerms(seller=seller, terms=terms), origin)
        (debtor,) = self.debtors(1)
        command = OpenPromise(account=debtor.account, until=self.ends_on + timedelta(days=7))
        self.app.bus.execute(command, origin._replace(command_id=new_id()))
        self.app.runner.catch_up()
        return command

    def recognise(self, debtor: SuspensionRow) -> tuple[AssignRemittance, Guess]:
        """A debtor pays without a usable reference; the money waits until a clerk recognises it by the first guess."""
        origin, on = self.origin(self.ends_on), self.ends_on
        row = BankRow(1, "bank", "without-reference", on, debtor.overdue, "internet, thank you", debtor.name)
        with self.app.bank_file_import(1) as bank_file:
            bank_file.take_in([row], origin, BatchReport(), lambda count: None)
        self.app.runner.catch_up()
        name = payment_id(row.source, row.reference)
        signs = MoneySigns(amount=row.amount, payment_reference=row.payment_reference)
        with self.app.tables.transaction(LIVE_SCHEMA) as cursor:
            found = guesses(cursor, Unmatched(name, on, signs, row.payer))
        guess = next(each for each in found if each.account == debtor.account)
        command = AssignRemittance(remittance=name, account=guess.account)
        self.app.bus.execute(command, origin._replace(command_id=new_id()))
        self.app.runner.catch_up()
        return command, guess

    def suspend(self, debtor: SuspensionRow) -> None:
        """Suspend the services of an account on the suspension list."""
        for service in debtor.services:
            command = SuspendSubscription(account=debtor.account, subscription=service, reason="non-payment")
            self.app.bus.execute(command, self.origin(self.ends_on)._replace(command_id=new_id()))
        self.app.runner.catch_up()

    def debtors(self, limit: int) -> list[SuspensionRow]:
        """The first accounts on the suspension list of the last day."""
        with self.app.tables.transaction(LIVE_SCHEMA) as cursor:
            return suspension_list(cursor, self.ends_on, limit)

    def accounts(self, subscribers: Sequence[NewSubscriber]) -> list[AccountRow]:
        """The accounts of some subscribers with their balances."""
        with self.app.tables.transaction(LIVE_SCHEMA) as cursor:
            found = accounts_of_customers(cursor, [subscriber.customer.number for subscriber in subscribers])
        return [account for accounts in found.values() for account in accounts]

    def write_documents(self, folder: Path) -> list[tuple[Path, str]]:
        """Print the newest documents of the chosen account, and of others that show another script or two VAT rates."""
        from adapters.documents.assemble import assemble
        from adapters.documents.pdf import render_pdf

        folder.mkdir(parents=True, exist_ok=True)
        for earlier in (*folder.glob("invoice-*.pdf"), *folder.glob("credit-note-*.pdf")):
            earlier.unlink()
        written = []
        for number, why in self._worth_printing():
            document = assemble(number, self.app.queries, self.app.store, origin_of_process().today)
            path = folder / f"{document.kind}-{number}.pdf"
            path.write_bytes(render_pdf(document))
            written.append((path, f"{document.buyer.name}, {document.gross}: {why}"))
        return written

    def _worth_printing(self) -> list[tuple[str, str]]:
        from projections.billing import documents_of

        chosen = self.chosen()
        wanted = [
            (chosen, "credit-note", "takes back what was charged for the old tariff"),
            (chosen, "invoice", "charges the new tariff instead"),
            (self._first(lambda entry: entry.subscription.tariff == "home-bundle"), "invoice", "two VAT rates"),
            (self._first(lambda entry: _has_letters(entry, "\u0400", "\u04ff")), "invoice", "Cyrillic"),
            (self._first(lambda entry: _has_letters(entry, "\u0530", "\u058f")), "invoice", "Armenian"),
        ]
        found: dict[str, str] = {}
        with self.app.tables.transaction(LIVE_SCHEMA) as cursor:
            for subscriber, kind, why in wanted:
                documents = documents_of(cursor, subscriber.account.number) if subscriber else []
                numbers = [row.number for row in documents if row.kind == kind]
                if numbers:
                    found.setdefault(numbers[-1], why)
        return list(found.items())

    def _first(self, fits: Callable[[NewSubscriber], bool]) -> NewSubscriber | None:
        billed = (entry for entry in self.subscribers if entry.subscription.activated_on < START_ON)
        return next((entry for entry in billed if fits(entry)), None)


def _has_letters(subscriber: NewSubscriber, first: str, last: str) -> bool:
    return any(first <= letter <= last for letter in subscriber.customer.name)

"""The whole program on a fresh database, and an operator who uses it: fixtures of the floors above the rules.

The conftests of these floors import the fixtures from here. The rules need none of it, and import nothing of it.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import psycopg
import pytest
from psycopg import sql

from adapters.bootstrap.application import Application
from adapters.bootstrap.automation import Automation, Done, automation_of
from adapters.bootstrap.initialising import initialise
from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.registry import INVARIANTS, OF_REPORTS, PROJECTIONS
from adapters.bootstrap.seller_clock import SellerClock
from adapters.bootstrap.settings import Settings
from adapters.postgres.server import create_database
from adapters.reports.ready import ready_reports, ready_views
from billing_core.accounts.account import Account, apply_account
from billing_core.accounts.plans import USUAL_PLAN, BillingPlan
from billing_core.catalogue.components import Recurring
from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import Tariff, publish_tariff
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, parse_amount
from billing_core.kernel.spans import ONE_DAY
from billing_core.parties.customers import Customer
from billing_core.parties.details import Address
from billing_core.parties.number_series import USUAL_SERIES
from billing_core.parties.sellers import Seller
from commands.bank_statements.booking import BankFileImport, BankRow
from commands.billing.run_ports import RunTotals
from commands.catalogue import PublishTariff
from commands.onboarding import NewAccount, NewSubscriber, NewSubscription, SubscriberRow
from commands.parties import RegisterSeller
from commands.platform.batch import BatchReport
from commands.platform.bus import Answer, Command
from commands.platform.ports import Append, Origin
from projections.platform.check import Finding, check
from projections.platform.projection import Cursor
from projections.reports.agreements import differences
from tests.waiting import eventually

STORE_TABLES = (
    "events",
    "commands",
    "claims",
    "number_series",
    "usage_rows",
    "usage_waiting",
)


# The years of the books of tests.
YEARS = (date(2025, 1, 1), date(2027, 1, 1))


def differing_in_all_years(cursor: Cursor) -> Iterator[str]:
    """The reports that must agree and do not, each asked once: over all years of the books instead of some months."""
    found = differences(cursor, ready_reports(), ready_views(), YEARS[1] - ONE_DAY, [YEARS])
    return map(str, found)


INVARIANTS_OF_BOOKS = {**INVARIANTS, **dict.fromkeys(OF_REPORTS, differing_in_all_years)}

# What a fresh database is a copy of for the fixtures that a test asks for, the fuller ones first.
TEMPLATES = {"operator": "opened_business", "application": "initialised", "initialised_url": "initialised"}


@pytest.fixture
def database_url(server_url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh database, dropped after the test even where the test left connections open.

    For a test that works with an operator or the application it is a copy of one that is set up; else it is empty.
    """
    with database_for(request, server_url, TEMPLATES) as url:
        yield url


@pytest.fixture
def initialised_url(database_url: str) -> str:
    """A database that is set up and empty."""
    return database_url


@pytest.fixture
def application(database_url: str) -> Iterator[Application]:
    """The whole program on an initialised database."""
    with application_on(database_url) as application:
        yield application


@pytest.fixture
def operator(application: Application, database_url: str) -> Operator:
    """A small operator that has opened its business: one seller, one tariff."""
    return Operator(application, database_url)


@pytest.fixture
def found_operator(server_url: str, opened_business: str) -> Iterator[Callable[[], Operator]]:
    """Founds any number of operators, each on a database of its own."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(operator_on(server_url, opened_business))


@contextmanager
def database_for(request: pytest.FixtureRequest, server_url: str, templates: Mapping[str, str]) -> Iterator[str]:
    """A fresh database, copied of the template of the first of some fixtures that a test asks for."""
    wanted = next((template for fixture, template in templates.items() if fixture in request.fixturenames), None)
    with fresh_database(server_url, request.getfixturevalue(wanted) if wanted else None) as url:
        yield url


@contextmanager
def template_database(server_url: str, *, with_business: bool) -> Iterator[str]:
    """The name of a database that is set up, with the business of `operator` or empty, for others to be copied of."""
    with fresh_database(server_url) as url:
        with open_application(url) as application:
            if with_business:
                Operator(application, url).open_business()
        yield name_of(url)


@contextmanager
def fresh_database(server_url: str, template: str | None = None) -> Iterator[str]:
    """A database of its own: empty, or a copy of another one that nobody is connected to."""
    name = f"test_{uuid.uuid4().hex}"
    if template is None:
        url = create_database(server_url, name)
    else:
        with psycopg.connect(server_url, autocommit=True) as connection:
            # Files are copied faster than the log is written of what is in them.
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        url = urlsplit(server_url)._replace(path=f"/{name}").geturl()
    yield url
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def name_of(database_url: str) -> str:
    return urlsplit(database_url).path.strip("/")


@contextmanager
def open_application(url: str) -> Iterator[Application]:
    """The program on a database that is set up for it here: by far the longest part of a short test."""
    initialise(url)
    with application_on(url) as application:
        yield application


@contextmanager
def application_on(url: str) -> Iterator[Application]:
    """The program on a database that was set up."""
    files = Path(os.environ["BILLING_TEST_SERVER_FOLDER"], "files", uuid.uuid4().hex)
    application = Application(url, Settings(database_url=url, files=files))
    try:
        yield application
    finally:
        application.close()


@contextmanager
def operator_on(server_url: str, template: str) -> Iterator[Operator]:
    """An operator on a database of its own, a copy of one that is set up."""
    with fresh_database(server_url, template) as url, application_on(url) as application:
        yield Operator(application, url)


def publish_tariffs(application: Application, *tariffs: Tariff) -> None:
    """Publish price lists as the rules have them, whatever commands can say."""
    published = [Append(f"tariff/{entry.code}", 0, publish_tariff(None, entry, date(2020, 1, 1))) for entry in tariffs]
    with application.store.transaction() as transaction:
        transaction.append(published, [], origin_of_process("clerk"))


def allow(command: Command, origin: Origin) -> None:
    """The authorise hook of somebody who may give every command."""


def silent(_: int) -> None:
    """Progress that nobody watches."""


class Operator:
    """An operator as the tests tell of it: gives commands, starts runs, and asks what became of them."""

    def __init__(self, application: Application, database_url: str) -> None:
        self.application = application
        self.database_url = database_url

    # --- what it does

    def open_business(self) -> Operator:
        """The seller `north`, and the tariff `net` for 20.00 EUR a month plus 20 % VAT."""
        self.tell(
            RegisterSeller(
                seller=Seller(code="north", name="North Cable", address=Address(), time_zone="UTC", series=USUAL_SERIES)
            ),
            today=date(2020, 1, 1),
        )
        self.publish("net", "20.00")
        return self

    def publish(self, code: str, price: str | Sequence[Price], **details: Any) -> None:
        """A tariff with one monthly fee, by default in EUR with 20 % VAT on top."""
        prices = (
            (Price(amount=Decimal(price), valid_from=date(2020, 1, 1)),) if isinstance(price, str) else tuple(price)
        )
        vat_rate = details.pop("vat_rate", Decimal(20))
        monthly = Recurring(code="fee", name="Monthly fee", vat_rate=vat_rate, prices=prices)
        tariff = {"name": code.title(), "currency": "EUR", "components": (monthly,)} | details
        self.tell(PublishTariff(tariff=Tariff(code=code, **tariff)), today=date(2020, 1, 1))

    def tell(
        self, command: Command, today: date | None = None, command_id: uuid.UUID | None = None, actor: str = "clerk"
    ) -> Answer:
        return self.application.bus.execute(command, origin_of_process(actor, today, command_id))

    def subscribers(self, count: int, first: int = 1, **details: Any) -> list[str]:
        """Bring in that many equal subscribers; the numbers of their accounts."""
        numbers = [f"A{number:04}" for number in range(first, first + count)]
        report = self.bring_in(new_subscriber(number, **details) for number in numbers)
        assert report.accepted == count, report
        return numbers

    def subscriber(self, number: str = "A0001", **details: Any) -> str:
        report = self.bring_in([new_subscriber(number, **details)])
        assert report.accepted == 1, report
        return number

    def bring_in(self, subscribers: Iterable[NewSubscriber]) -> BatchReport:
        report = BatchReport()
        rows = (SubscriberRow(line, subscriber) for line, subscriber in enumerate(subscribers, start=2))
        self.application.onboarding().bring_in(rows, origin_of_process("clerk"), report, silent)
        return report

    def bill(self, until: date, today: date | None = None) -> RunTotals:
        """A run on the day before `until` unless said."""
        with self.application.billing_run(until) as run:
            return run.run(until, origin_of_process("night run", today or until - ONE_DAY), silent)

    def bill_each_due_date(self, until: date) -> RunTotals:
        """A run on each day on which an account is due, from the last document up to `until`, as if none was missed."""
        totals = RunTotals()
        from_on = max(self.application.store.last_issued_on().values(), default=date.min)
        select = "SELECT min(next_due_on) FROM live.account_states WHERE next_due_on >= %s AND next_due_on < %s"
        while True:
            self.application.runner.catch_up()
            ((on,),) = self.select(select, from_on, until)
            if on is None:
                return totals
            totals.merge(self.bill(on + ONE_DAY))
            from_on = on + ONE_DAY

    def preview(self, until: date, today: date | None = None) -> RunTotals:
        with self.application.billing_run(until) as run:
            return run.preview(until, today or until - ONE_DAY, silent)

    def take_in(self, rows: Iterable[BankRow], today: date | None = None) -> BatchReport:
        """A bank file, with read models kept by this process: starting another takes longer than a small file."""
        report = BatchReport()
        application = self.application
        application.runner.catch_up()
        bank_file = BankFileImport(application.store, application.bus, application.models())
        bank_file.take_in(rows, origin_of_process("clerk", today), report, silent)
        return report

    def automation(self, on: date | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Automation:
        """What does the things that happen by themselves; with `on`, as if that date were today.

        It does the works of the night but for the check of the books, which takes longer than all others together:
        `findings` checks them when a test wants to know.
        """
        application = self.application
        automation = automation_of(application, SellerClock(application.store, application.tables, on, now))
        del automation.works.works["check"]
        return automation

    def let_happen(self, on: date | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Done:
        """Everything that happens by itself, at the end of a day or at an instant."""
        return self.automation(on, now).do_what_is_due()

    # --- what it asks

    def account(self, number: str) -> Account:
        """The account as its stream tells."""
        with self.application.store.transaction() as transaction:
            account, _ = transaction.load(f"account/{number}", apply_account)
        assert account is not None
        return account

    def facts(self, stream: str) -> list[Event]:
        """All events of a stream, in order."""

        def gather(facts: list[Event] | None, fact: Event) -> list[Event]:
            return [*(facts or []), fact]

        with self.application.store.transaction() as transaction:
            return transaction.load(stream, gather)[0] or []

    def ask(self, query: Callable[..., Any], *arguments: Any) -> Any:
        """Ask a read model, after it has been brought up to date."""
        self.application.runner.catch_up()
        with self.application.tables.transaction("live") as cursor:
            return query(cursor, *arguments)

    def select(self, statement: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """Look into the tables themselves."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            return connection.execute(statement.encode(), arguments or None).fetchall()

    def execute(self, statement: str, *arguments: Any) -> int:
        """Change the tables themselves, which nobody should; how many rows it hit."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            return connection.execute(statement.encode(), arguments or None).rowcount

    def store_contents(self) -> dict[str, list[str]]:
        """Every row of the store."""
        return self.contents_of({table: f"billing.{table}" for table in STORE_TABLES})

    def live_contents(self) -> dict[str, list[str]]:
        """Every row of the read models, brought up to date before."""
        self.application.runner.catch_up()
        return self.contents_of({table: f"live.{table}" for projection in PROJECTIONS for table in projection.tables})

    def contents_of(self, tables: Mapping[str, str]) -> dict[str, list[str]]:
        """Every row of some tables, by the names that they are given here.

        Over one connection: to open one takes longer than to read a small table.
        """
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            return {
                name: [row for (row,) in connection.execute(f"SELECT t::text FROM {table} AS t ORDER BY 1".encode())]
                for name, table in tables.items()
            }

    def findings(self) -> list[Finding]:
        """The invariants that do not hold."""
        application = self.application
        return [
            found
            for found in check(application.log, application.tables, application.projections, INVARIANTS_OF_BOOKS)
            if found.offenders
        ]


def wait_until_held_up(operator: Operator) -> None:
    """Return when somebody waits for a stream or a table that somebody else holds."""
    waiting = "SELECT FROM pg_locks WHERE locktype IN ('advisory', 'relation') AND NOT granted"
    eventually(lambda: operator.select(waiting))


def new_subscriber(
    code: str,
    since: date = date(2026, 1, 1),
    tariff: str = "net",
    until: date | None = None,
    agreed: Mapping[str, Decimal] | None = None,
    **account: Any,
) -> NewSubscriber:
    """A customer with an account of the same number and one subscription `main`."""
    return NewSubscriber(
        customer=Customer(number=code, kind="person", name=f"Customer {code}"),
        account=NewAccount(**({"number": code, "seller": "north", "currency": "EUR"} | with_plan(account))),
        subscription=NewSubscription(
            code="main", tariff=tariff, activated_on=since, terminated_on=until, agreed_prices=agreed or {}
        ),
    )


def plan(**terms: Any) -> BillingPlan:
    """The usual plan with other terms."""
    return msgspec.structs.replace(USUAL_PLAN, **terms)


def with_plan(details: Mapping[str, Any]) -> dict[str, Any]:
    """Details of an account, with those of its plan as a plan."""
    terms = {name: value for name, value in details.items() if name in BillingPlan.__struct_fields__}
    return {name: value for name, value in details.items() if name not in terms} | {"plan": plan(**terms)}


def bank_row(line: int, amount: str, payment_reference: str, **details: Any) -> BankRow:
    """A line of a bank file; its own reference is its line unless said."""
    fields: dict[str, Any] = {
        "line": line,
        "source": "bank",
        "reference": f"R{line:05}",
        "received_on": date(2026, 1, 20),
        "amount": parse_amount(amount, details.pop("currency", "EUR"), "amount"),
        "payment_reference": payment_reference,
        "payer": "",
    }
    return BankRow(**(fields | details))


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")

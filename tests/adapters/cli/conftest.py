"""The program as people and scripts use it, on a real database: commands in, output and exit codes out."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from adapters.cli.program import program
from billing_core.catalogue.tariffs import Tariff
from tests.command_line import CliRunner
from tests.operators import application_on, database_for, fresh_database, name_of, publish_tariffs

# Listening to Ctrl-C as from a terminal: what a script starts in the background is told to ignore it.
START = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from adapters.cli import main; main()"

TARIFF = """
code: net
name: Internet
currency: EUR
components:
  - {code: fee, name: Monthly fee, kind: recurring, vat: 20, prices: [{price: 19.90, from: 2020-01-01}]}
"""

PROFILE = """
name: north
setup:
  seller:
    code: north
    name: North Cable
    address: {street: Pier 1, city: Riverside, country: LV}
    iban: LV80BANK0000435195001
  tariffs:
    - code: net
      name: Internet
      currency: EUR
      components:
        - code: fee
          name: Monthly fee
          kind: recurring
          vat: 20
          prices: [{price: 19.90, from: 2020-01-01}]
columns:
  Nr: [customer.number, account.number]
  Name: customer.name
  Currency: account.currency
  Fee: subscription.prices.fee
  Since: subscription.activated_on
  Until: subscription.terminated_on
constants:
  account.seller: north
  account.billing_day: 1
  subscription.tariff: net
  subscription.code: main
"""

SUBSCRIBERS = """Nr,Name,Currency,Fee,Since,Until
1,Anna Kalniņa,EUR,20.00,2026-01-01,
2,Żaneta [bold]Nowak,EUR,30.00,2026-01-01,
3,Иван Петров,EUR,40.00,2026-02-15,
"""

PAYMENT_COLUMNS = "source,reference,received_on,amount,currency,payment_reference,payer"


@dataclass(frozen=True)
class Ended:
    """What a command left: its exit code and all it said."""

    code: int
    output: str
    errors: str

    @property
    def json(self) -> Any:
        """The output as the one JSON document it must be; a float in it is a failure."""

        def refuse(text: str) -> Any:
            raise AssertionError(f"{text} is a float")

        return json.loads(self.output, parse_float=refuse)

    @property
    def complaint(self) -> str:
        """The one line that says what is wrong, without a traceback and with nothing on standard output.

        With --json it stands in the one document on standard output.
        """
        assert "Traceback" not in self.errors
        if self.output.startswith('{\n  "error"'):
            message: str = self.json["error"]["message"]
            return message
        assert self.output == ""
        lines = [line for line in self.errors.splitlines() if line.startswith("Error: ")]
        assert len(lines) == 1, self.errors
        return lines[0].removeprefix("Error: ")


class Billing:
    """The program on one database."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.database_url = database_url
        self.folder = folder
        self.environment = {
            "BILLING_DATABASE_URL": database_url,
            "BILLING_FILES": str(folder / "files"),
            "BILLING_ACTOR": "clerk",
            "COLUMNS": "200",
        }

    def __call__(self, *arguments: str, given: str | None = None, **environment: str) -> Ended:
        """Run a command to its end, in this process."""
        result = CliRunner().invoke(
            program, list(arguments), input=given, env=self.environment | environment, prog_name="billing"
        )
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return Ended(result.exit_code, result.stdout, result.stderr)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start a command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-c", START, *arguments],
            env=os.environ | self.environment | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def file(self, name: str, text: str) -> str:
        """Write a file; its path."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def bank_file(self, *rows: str, name: str = "bank.csv") -> str:
        return self.file(name, "\n".join([PAYMENT_COLUMNS, *rows]) + "\n")

    def select(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            return connection.execute(statement.encode()).fetchall()

    def execute(self, statement: str) -> None:
        """Change the database itself, behind the program's back."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute(statement.encode())

    def publish(self, *tariffs: Tariff) -> None:
        """Publish price lists as the rules have them."""
        with application_on(self.database_url) as application:
            publish_tariffs(application, *tariffs)

    @contextmanager
    def nothing_written(self, but: str = "") -> Iterator[None]:
        """Whatever happens inside leaves no event, no claim, no document number and no command behind."""
        tables = [table for table in ("events", "claims", "number_series", "commands") if table != but]
        before = self._rows(tables)
        yield
        assert self._rows(tables) == before

    def _rows(self, tables: list[str]) -> list[tuple[Any, ...]]:
        return [row for table in tables for row in self.select(f"SELECT t::text FROM billing.{table} AS t ORDER BY 1")]

    def bring_in(self, subscribers: str = SUBSCRIBERS, profile: str = PROFILE) -> Ended:
        """Import subscribers by a profile."""
        file, mapping = self.file("subscribers.csv", subscribers), self.file("north.yaml", profile)
        return self("import", "customers", file, "--profile", mapping, "--json")

    def bill_on(self, *days: str) -> None:
        """A billing run on each of some days, in order."""
        for day in days:
            ended = self("run", "--on", day)
            assert ended.code == 0, ended.errors


MakeBilling = Callable[[], Billing]
Serve = Callable[..., httpx.Client]


@pytest.fixture
def database_url(server_url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh database: a copy of what the fixtures below promise, which is made once by the commands themselves."""
    with database_for(request, server_url, TEMPLATES) as url:
        yield url


@pytest.fixture
def empty_billing(database_url: str, tmp_path: Path) -> Billing:
    """On a database that was never set up, unless the test asks for one of the fixtures below."""
    return Billing(database_url, tmp_path)


@pytest.fixture
def billing(empty_billing: Billing) -> Billing:
    """On a database that was set up and is empty."""
    return empty_billing


@pytest.fixture
def opened(billing: Billing, opened_folder: Path) -> Billing:
    """A seller, a tariff and three subscribers: two since January, one since 15 February."""
    shutil.copytree(opened_folder, billing.folder, dirs_exist_ok=True)
    return billing


@pytest.fixture
def billed(opened: Billing, billed_folder: Path) -> Billing:
    """Billed on each day on which something was due, until the end of March.

    The first subscriber has paid January, the third a part of February.

    Invoices: 1 January 24.00 (customer 1) and 36.00 (2); 1 February 24.00, 36.00; 15 February 24.00 (3, 14 of 28
    days); 1 March 24.00, 36.00, 48.00. Due 14 days later, tolerated 7 more.
    """
    shutil.copytree(billed_folder, opened.folder, dirs_exist_ok=True)
    return opened


TEMPLATES = {"billed": "billed_books", "opened": "opened_books", "billing": "set_up_books"}


@pytest.fixture(scope="session")
def set_up_books(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database for copies of it."""
    with fresh_database(server_url) as url:
        assert Billing(url, tmp_path_factory.mktemp("set-up"))("init").code == 0
        yield name_of(url)


@pytest.fixture(scope="session")
def opened_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that were brought in."""
    return tmp_path_factory.mktemp("opened")


@pytest.fixture(scope="session")
def opened_books(server_url: str, set_up_books: str, opened_folder: Path) -> Iterator[str]:
    with fresh_database(server_url, set_up_books) as url:
        assert Billing(url, opened_folder).bring_in().code == 0
        yield name_of(url)


@pytest.fixture(scope="session")
def billed_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("billed")


@pytest.fixture(scope="session")
def billed_books(server_url: str, opened_books: str, billed_folder: Path) -> Iterator[str]:
    with fresh_database(server_url, opened_books) as url:
        billing = Billing(url, billed_folder)
        billing.bill_on("2026-01-01", "2026-02-01", "2026-02-15", "2026-03-01")
        rows = ("bank,P1,2026-01-10,24.00,EUR,1000000001,Anna Kalniņa", "bank,P2,2026-02-20,10.00,EUR,3,Иван Петров")
        assert billing("payments", "import", billing.bank_file(*rows)).code == 0
        yield name_of(url)


@pytest.fixture
def serve(opened: Billing) -> Iterator[Serve]:
    """Starts servers, and ends those that a test left running."""
    started: list[tuple[subprocess.Popen[str], httpx.Client]] = []

    def start(*options: str, **environment: str) -> httpx.Client:
        port = free_port()
        process = opened.start("serve", "--port", str(port), *options, **environment)
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)
        started.append((process, client))
        wait_until_ready(process, client)
        return client

    yield start
    for process, client in started:
        client.close()
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        assert "Traceback" not in errors


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def wait_until_ready(process: subprocess.Popen[str], client: httpx.Client) -> None:
    """Wait until a server that was started answers."""
    give_up_at = time.monotonic() + 180
    while True:
        try:
            assert client.get("/readyz").status_code == 200
            return
        except httpx.TransportError:
            assert process.poll() is None and time.monotonic() < give_up_at, "it did not start"
            time.sleep(0.05)

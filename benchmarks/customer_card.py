"""The card of a customer with 5 accounts and 10 services, and the search: milliseconds of the server for a page.

`python -m benchmarks.customer_card 10000` for a smaller base. The limit is 150 ms, the most that is accepted.
"""

from __future__ import annotations

import sys
import time
from datetime import date
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from fastapi.testclient import TestClient

from adapters.bootstrap.application import Application
from adapters.bootstrap.initialising import initialise
from adapters.bootstrap.origins import origin_of_process
from adapters.demo import generated
from adapters.door.door import Door
from adapters.edge.passwords import Argon2Passwords
from adapters.http.server import http_application
from adapters.pages.site import add_pages
from adapters.postgres.server import create_database, running_server
from benchmarks.measurement import drop, note, report
from commands.accounts import OpenAccount
from commands.billing.account import BillAccount
from commands.platform.batch import BatchReport
from commands.platform.bus import Command
from commands.services.status import ActivateSubscription
from commands.staff.operators import ChangePassword, RegisterOperator

CUSTOMERS, ACCOUNTS, SERVICES, MONTHS = 100_000, 5, 10, 12
TODAY, OPENED = date(2026, 1, 1), date(2027, 1, 1)
TURNS, MOST_MILLISECONDS = 40, 150
CUSTOMER = "100007"
PASSWORD = "correct horse battery"
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


def main(server_url: str, customers: int = CUSTOMERS) -> None:
    """The 95th percentile of the card, of an unfolded amount and of the search."""
    url = create_database(server_url, "bench_customer_card")
    initialise(url)
    application = Application(url)
    for command in generated.setup_commands(TODAY):
        _tell(application, command)
    origin = origin_of_process("benchmark", TODAY)
    application.onboarding().bring_in(generated.subscribers(customers, TODAY), origin, BatchReport(), lambda _: None)
    application.runner.catch_up()
    _equip(application)
    client = signed_in(application)
    pages = {
        "customer_card": f"/customers/{CUSTOMER}",
        "customer_card_unfolded": f"/customers/{CUSTOMER}?why=posting-1",
        "search_page": "/search?q=krumina",
    }
    for name, path in pages.items():
        report(name, _p95(client, path), "ms", MOST_MILLISECONDS)
    application.close()
    drop(server_url, "bench_customer_card")


def _tell(application: Application, command: Command, today: date = TODAY) -> None:
    application.bus.execute(command, origin_of_process("benchmark", today))


def _equip(application: Application) -> None:
    """More accounts and services for one customer, and a year of invoices of which the last ones are open."""
    with application.tables.transaction("live") as cursor:
        row = cursor.execute(
            """SELECT accounts.number, accounts.seller, accounts.currency, subscriptions.tariff FROM accounts
               JOIN subscriptions ON subscriptions.account = accounts.number WHERE accounts.customer = %s""",
            (CUSTOMER,),
        ).fetchone()
    assert row is not None
    first, seller, currency, tariff = row
    accounts = [first, *(f"{CUSTOMER}-{number}" for number in range(2, ACCOUNTS + 1))]
    for account in accounts[1:]:
        _tell(application, OpenAccount(account=account, customer=CUSTOMER, seller=seller, currency=currency), OPENED)
    for number in range(1, SERVICES):
        account = accounts[number % ACCOUNTS]
        service = ActivateSubscription(account=account, subscription=f"more-{number}", tariff=tariff, on=OPENED)
        _tell(application, service, OPENED)
    for month in range(1, MONTHS):
        day = date(OPENED.year, month, 2)
        for account in accounts:
            _tell(application, BillAccount(account=account), day)
    application.runner.catch_up()


def signed_in(application: Application) -> TestClient:
    """An administrator who has signed in."""
    _tell(application, RegisterOperator(operator="clerk", name="Clerk", roles=("administrator",)))
    _tell(application, ChangePassword(operator="clerk", password_hash=Argon2Passwords().hash(PASSWORD)))
    api = http_application(application)
    add_pages(api, Door(application))
    client = TestClient(api, follow_redirects=False)
    client.post("/sign-in", data={"operator": "clerk", "password": PASSWORD}, headers=FROM_HERE)
    return client


def _p95(client: TestClient, path: str) -> float:
    seconds = []
    for turn in range(TURNS + 3):
        started = time.perf_counter()
        answer = client.get(path)
        assert answer.status_code == 200, answer.text
        if turn >= 3:
            seconds.append(time.perf_counter() - started)
    note(f"{path}: {len(answer.content):,} bytes before they are compressed")
    return 1_000 * quantiles(seconds, n=20)[-1]


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as folder, running_server(Path(folder)) as server_url:
        main(server_url, int(sys.argv[1]) if len(sys.argv) > 1 else CUSTOMERS)

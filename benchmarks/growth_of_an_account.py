"""How the cost of one bill grows with what its account has: services, charges on record, documents, usage.

Measured is the single bill as a clerk asks for it, without its last step, the write: the account and, if its past
changed, its history are read from the database, the bill is decided and made into events with numbers. Time is that of
the program's processor. The exponent is the slope of log time over log number, from the second size to the last: 1 is
as much more as there is more to bill.

    python -m benchmarks.growth_of_an_account 10 100 1000     # up to smaller accounts
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from adapters.bootstrap.application import Application
from adapters.bootstrap.initialising import initialise
from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.server import create_database, running_server
from benchmarks.large_accounts import ACCOUNTS, TARIFFS, LargeAccount
from benchmarks.measurement import drop, exponent, note, report
from billing_core.accounts.events import AccountOpened
from billing_core.catalogue.tariffs import TariffPublished
from billing_core.parties.customers import Customer
from billing_core.parties.details import Address
from billing_core.parties.number_series import USUAL_SERIES
from billing_core.parties.sellers import Seller
from commands.accounts import account_stream
from commands.billing.account import BillAccount
from commands.billing.rerating import ReratingBacklog
from commands.catalogue import tariff_stream
from commands.parties import RegisterCustomer, RegisterSeller
from commands.platform.ports import Append

SIZES = (10, 100, 1_000, 10_000)
MOST_EXPONENT = 1.2
TURNS = 3
TODAY = date(2027, 1, 1)
CLERK = "benchmark"


def main(server_url: str, sizes: Sequence[int] = SIZES) -> None:
    """A line for each thing an account may have a lot of."""
    url = create_database(server_url, "bench_growth_of_an_account")
    application = _prepared(url)
    for thing, accounts in ACCOUNTS.items():
        for name, made in accounts.items():
            seconds = [_seconds(application, f"{name} {size}", made(size)) for size in sizes]
            costs = (f"{size} {1e3 * taken:.1f} ms" for size, taken in zip(sizes, seconds, strict=True))
            note(f"{thing}, {name}: {', '.join(costs)}")
            figure = f"growth_of_an_account_{name.replace(',', '').replace(' ', '_')}"
            report(figure, exponent(sizes, seconds), "exponent", MOST_EXPONENT)
    application.close()
    drop(server_url, "bench_growth_of_an_account")


def _prepared(url: str) -> Application:
    """A database with the seller, the customer and the price lists of the large accounts."""
    initialise(url)
    application = Application(url)
    bus, since = application.bus, date(1990, 1, 1)
    bus.execute(
        RegisterSeller(
            seller=Seller(code="seller", name="Seller", address=Address(), time_zone="UTC", series=USUAL_SERIES)
        ),
        origin_of_process(CLERK, since),
    )
    customer = Customer(number="C1", kind="person", name="Customer")
    bus.execute(RegisterCustomer(customer=customer, registered_on=since), origin_of_process(CLERK, since))
    with application.store.transaction() as transaction:
        for tariff in TARIFFS:
            facts = [TariffPublished(effective_on=since, tariff=tariff)]
            transaction.append([Append(tariff_stream(tariff.code), 0, facts)], (), origin_of_process(CLERK, since))
    ReratingBacklog(application.store, application.models()).mark(
        origin_of_process(CLERK, TODAY), lambda accounts: None
    )
    application.runner.catch_up()
    return application


def _seconds(application: Application, number: str, large: LargeAccount) -> float:
    """The least processor time of some rehearsals of the bill."""
    opened, *events = large.events
    assert isinstance(opened, AccountOpened)
    with application.store.transaction() as transaction:
        stream = [msgspec.structs.replace(opened, account=number), *events]
        transaction.append([Append(account_stream(number), 0, stream)], (), origin_of_process(CLERK, TODAY))
    application.runner.catch_up()
    taken = []
    for _ in range(TURNS):
        started = time.process_time()
        answer = application.bus.rehearse(BillAccount(account=number, on=large.on), origin_of_process(CLERK, TODAY))
        taken.append(time.process_time() - started)
        documents = answer.result["invoices"] + answer.result["credit_notes"]
        assert documents == large.documents, (number, answer.result)
    return min(taken)


if __name__ == "__main__":
    with TemporaryDirectory(prefix="billing-bench-") as folder, running_server(Path(folder)) as own_server_url:
        main(own_server_url, tuple(map(int, sys.argv[1:])) or SIZES)

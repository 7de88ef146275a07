"""What a billing run writes: for each account its charges and its invoice, no two alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal

from adapters.bootstrap.application import Application
from adapters.bootstrap.initialising import initialise
from adapters.postgres.server import create_database
from benchmarks.measurement import drop
from billing_core.charging.charges import BilledThrough, Charge, ChargesPosted
from billing_core.invoicing.documents import TaxSummaryLine
from billing_core.invoicing.invoices import InvoiceIssued, InvoiceLine
from billing_core.kernel.money import Money
from billing_core.parties.versions import PartyVersion
from commands.platform.ports import Append

FROM_ON, TO_ON = date(2026, 3, 1), date(2026, 4, 1)
EVENTS_OF_A_BILL = 2


def bills(first: int, count: int) -> list[Append]:
    """A chunk of a run: accounts with running numbers, each at the start of a stream of its own."""
    return [Append(f"account/{number:08}", 0, _bill(number)) for number in range(first, first + count)]


def _bill(number: int) -> list[ChargesPosted | InvoiceIssued]:
    net = Money(Decimal(1990 + number % 5000).scaleb(-2), "EUR")
    vat = Money((net.amount / 5).quantize(net.amount), "EUR")
    charge = Charge(
        subscription="S1",
        component="monthly",
        description="Internet: Monthly fee",
        tariff="internet",
        kind="recurring",
        from_on=FROM_ON,
        to_on=TO_ON,
        amount=net,
        unit_price=net.amount,
        vat_rate=Decimal(20),
    )
    invoice = InvoiceIssued(
        effective_on=FROM_ON,
        number=f"1{number:09}",
        tax_point_on=FROM_ON,
        seller=PartyVersion("seller", 1),
        customer=PartyVersion(f"C{number:07}", 1),
        lines=(InvoiceLine(charge.key, net),),
        taxes=(TaxSummaryLine(rate=Decimal(20), base=net, vat=vat),),
        gross=net + vat,
        due_on=FROM_ON + timedelta(days=14),
    )
    return [
        ChargesPosted(
            effective_on=FROM_ON, charges=(charge,), billed_through={"S1": BilledThrough(FROM_ON, TO_ON, TO_ON)}
        ),
        invoice,
    ]


@contextmanager
def fresh_application(server_url: str, name: str) -> Iterator[Application]:
    """The program on a database of its own, which is dropped afterwards."""
    url = create_database(server_url, name)
    initialise(url)
    application = Application(url)
    try:
        yield application
    finally:
        application.close()
        drop(server_url, name)

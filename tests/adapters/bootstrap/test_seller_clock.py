"""Today is the date of the seller whose business it is: of an account, or of the account that a ticket is about."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from adapters.bootstrap.seller_clock import SellerClock, named_stream
from billing_core.parties.details import Address
from billing_core.parties.number_series import NumberSeries
from billing_core.parties.sellers import Seller
from commands.parties import RegisterSeller
from commands.work.flows import PublishFlow
from commands.work.opening import OpenTicket
from tests.billing_core.work.flows import CONNECTION
from tests.operators import Operator

IN_RIGA, IN_CHICAGO = date(2036, 2, 1), date(2036, 1, 31)
OPENED = date(2036, 1, 20)


@pytest.fixture
def clock(operator: Operator) -> SellerClock:
    """It is 1 February 01:30 in Riga, still 31 January in Chicago and in UTC, where the seller `north` is."""
    for code, zone, first in (("east", "Europe/Riga", 2), ("west", "America/Chicago", 6)):
        kinds: Any = ("invoice", "credit-note")
        series = {kind: NumberSeries(prefix=str(first + place), width=9) for place, kind in enumerate(kinds)}
        seller = Seller(code=code, name=code, address=Address(), time_zone=zone, series=series)
        operator.tell(RegisterSeller(seller=seller), today=date(2020, 1, 1))
    operator.subscriber("E1", seller="east")
    operator.subscriber("W1", seller="west")
    operator.tell(PublishFlow(flow=CONNECTION), today=OPENED)
    application = operator.application
    return SellerClock(application.store, application.tables, now=lambda: datetime(2036, 1, 31, 23, 30, tzinfo=UTC))


def ticket_about(operator: Operator, account: str) -> str:
    opened = OpenTicket(kind="connection", subject="Dolní 5", account=account, subscription="another")
    return f"ticket/{operator.tell(opened, today=OPENED).result['ticket']}"


def test_a_ticket_is_on_the_date_of_the_seller_of_its_account(operator: Operator, clock: SellerClock):
    east, west = ticket_about(operator, "E1"), ticket_about(operator, "W1")
    operator.application.runner.catch_up()

    today = clock.today_of(["account/E1", "account/W1", east, west, "flow/connection", ""])

    assert today == {
        "account/E1": IN_RIGA, east: IN_RIGA, "account/W1": IN_CHICAGO, west: IN_CHICAGO,
        "flow/connection": IN_CHICAGO, "": IN_CHICAGO,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "stream"),
    [
        ({"ticket": "T-1", "step": "survey"}, "ticket/T-1"),
        ({"account": "1001", "ticket": "T-1"}, "account/1001"),
        ({"account": "", "ticket": "T-1"}, "ticket/T-1"),
        ({"account": ["1001"]}, ""),
        ({"customer": "1001"}, ""),
    ],
)
def test_a_command_names_the_account_or_ticket_whose_date_counts(fields: dict[str, object], stream: str):
    assert named_stream(fields.get) == stream

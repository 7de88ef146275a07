"""The card of a customer: everything on one page, each amount with its explanation."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing_core.dealers import Dealer
from commands.billing.account import ChargeOnce
from commands.dealers import RegisterDealer
from commands.parties import AssignCustomer
from commands.payments.account import ReceivePayment
from commands.services.status import ActivateSubscription
from tests.adapters.pages.conftest import SignedIn
from tests.operators import Operator, eur


@pytest.fixture
def customer(operator: Operator) -> str:
    """A0001 owes 24.00 of March, after 24.00 of February were paid; `fast` was added and is to be billed."""
    operator.publish("fast", "39.90", name="Internet fast")
    account = operator.subscriber("A0001")
    operator.bill_each_due_date(date(2026, 2, 2))
    paid = {"account": account, "source": "cash", "reference": "H1", "amount": eur("24.00")}
    operator.tell(ReceivePayment(**paid, received_on=date(2026, 1, 15)), today=date(2026, 2, 15))
    fast = {"account": account, "subscription": "fast", "tariff": "fast", "on": date(2026, 2, 10)}
    operator.tell(ActivateSubscription(**fast), today=date(2026, 2, 10))
    operator.tell(
        ChargeOnce(account=account, description="A visit", amount=Decimal(10), vat_rate=Decimal(20)),
        today=date(2026, 2, 10),
    )
    return account


def test_the_card_shows_accounts_services_open_items_payments_the_next_bill_and_the_log(
    customer: str, signed_in: SignedIn
) -> None:
    page = signed_in("eva", "clerk").get(f"/customers/{customer}")
    assert page.status_code == 200, page.text
    open("/tmp/card.html", "w").write(page.text)

"""To which bank account money goes back."""

from __future__ import annotations

import pytest

from billing_core.pay_backs.batches import payee_account

CZECH, SLOVAK, WRITTEN = "CZ6508000000192000145399", "SK3112000000198742637541", "19-2000145399/0800"


@pytest.mark.parametrize(
    ("paid_from", "registered", "currency", "expected"),
    [
        ([CZECH, "CZ65 0800 0000 1920 0014 5399"], None, "EUR", CZECH),
        ([WRITTEN, CZECH], None, "CZK", CZECH),
        (["000019-2000145399/0800"], SLOVAK, "CZK", CZECH),
        ([WRITTEN], SLOVAK, "EUR", SLOVAK),
        ([SLOVAK], CZECH, "CZK", CZECH),
        ([CZECH, ""], SLOVAK, "EUR", SLOVAK),
        ([CZECH, SLOVAK], None, "EUR", "came from several bank accounts"),
        ([""], SLOVAK, "CZK", "takes no CZK by an order"),
        ([], None, "CZK", "no bank account of the customer is known"),
    ],
)  # fmt: skip
def test_money_goes_back_to_where_all_of_it_came_from_else_to_the_registered_account(
    paid_from: list[str], registered: str | None, currency: str, expected: str
):
    """A number without a country is a Czech one for crowns alone."""
    found = payee_account(paid_from, registered, currency)
    assert expected in (found.iban or found.reason)
    assert bool(found.iban) == (expected in (CZECH, SLOVAK))

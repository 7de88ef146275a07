"""What is said of charges, and of those that wait for an invoice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from adapters.texts.account_card import account_lines
from adapters.texts.sentences import sentence
from billing_core.accounts.account import apply_account
from billing_core.accounts.items import charge_once
from tests.operators import Operator, eur

ON = date(2026, 5, 10)


def test_charges_by_hand_are_named_and_those_that_wait_are_counted(operator: Operator):
    operator.subscriber()
    account = operator.account("A0001")
    for number, waiting in ((1, "1 charge waits"), (2, "2 charges wait")):
        (posted,) = charge_once(account, number, "Promised payment", eur("1234.50"), Decimal(20), ON)
        assert sentence(posted) == "Promised payment 1,234.50 EUR"
        apply_account(account, posted)
        assert f"{waiting} for the next invoice on 2026-06-01" in list(account_lines(account, ON))

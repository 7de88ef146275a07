"""Reports that are built, previewed, saved and asked over HTTP."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from billing_core.kernel.money import Money
from billing_core.payments.events import PaymentMethod
from commands.payments.account import ReceivePayment
from tests.adapters.http.conftest import Api
from tests.operators import Operator

BY_METHOD = {
    "view": "income",
    "groups": [{"column": "booked_on", "by": "month"}, {"column": "method"}, {"column": "currency"}],
    "figures": [{"kind": "sum", "column": "amount"}, {"kind": "count"}],
    "conditions": [{"column": "kind", "values": ["received"]}, {"column": "method", "asked": "method"}],
}
SAID = (
    "Sum of amount and number of rows by month of booked_on, method and currency in Money received and given back, "
    "where kind is received and method is what is asked for as method; at most 1,000 rows."
)


@pytest.fixture
def paid(operator: Operator) -> Operator:
    """Two payments in May, one of them in cash, and one in June."""
    account = operator.subscriber()
    paid: list[tuple[str, str, PaymentMethod, int]] = [
        ("1", "10.00", "cash", 5),
        ("2", "20.00", "transfer", 5),
        ("3", "40.00", "cash", 6),
    ]
    for reference, amount, method, month in paid:
        operator.tell(
            ReceivePayment(
                account=account, amount=Money(Decimal(amount), "EUR"), source="desk", reference=reference,
                method=method, received_on=date(2026, month, 7),
            ),
            today=date(2026, 6, 11),
        )  # fmt: skip
    operator.application.runner.catch_up()
    return operator


def save(api: Api, tree: object = BY_METHOD, **words: object) -> None:
    body = {"title": "Cash by month", "subject": "money", "question": "How much?", "tree": tree, **words}
    saved = api.post("/saved-reports/own-by-month", body)
    assert saved.status_code == 200, saved.text


def test_what_is_built_is_previewed_explained_saved_and_asked_like_any_other(paid: Operator, admin: Api):
    preview = admin.get("/built-reports", tree=json.dumps(BY_METHOD), subject="money").json()

    assert preview["explained"] == SAID
    rows = [["2026-05-01", "cash", "EUR", "10.00", 1], ["2026-05-01", "transfer", "EUR", "20.00", 1],
            ["2026-06-01", "cash", "EUR", "40.00", 1]]  # fmt: skip
    assert preview["rows"] == rows
    assert preview["totals"] == [{"currency": "EUR", "rows": 3, "sums": {"amount_sum": "70.00", "rows": "3"}}]

    save(admin)
    paid.application.runner.catch_up()
    asked = admin.get("/reports/own-by-month/rows", method="cash").json()
    assert asked["rows"] == [rows[0], rows[2]]
    assert asked["given"] == {"today": asked["given"]["today"], "method": "cash"}
    assert "own-by-month" in [each["report"] for each in admin.get("/reports").json()["items"]]


def test_what_the_tree_fixes_cannot_be_asked_otherwise(paid: Operator, admin: Api):
    save(admin)
    paid.application.runner.catch_up()

    refused = admin.get("/reports/own-by-month/rows", fixed_a="refunded")

    assert refused.status_code == 422
    assert "is asked for method" in refused.text

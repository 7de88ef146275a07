"""Building a report on the page: views, preview, what is wrong, saving; and closed months."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from fastapi.testclient import TestClient

from billing_core.kernel.money import Money
from commands.payments.account import ReceivePayment
from tests.adapters.pages.conftest import FROM_HERE, SignedIn
from tests.operators import Operator

BUILT = {
    "view": "income", "do": "preview", "groups.0.column": "method", "groups.1.column": "currency",
    "figures.0.kind": "sum", "figures.0.column": "amount", "figures.1.kind": "count",
    "conditions.0.column": "kind", "conditions.0.comparison": "=", "conditions.0.values": "received", "most": "100",
}  # fmt: skip
NAMED = {"do": "save", "report": "by-method", "title": "By method", "question": "How much?", "subject": "money"}


@pytest.fixture
def boss(operator: Operator, signed_in: SignedIn) -> TestClient:
    """An administrator of a house that was paid 10.00 and 20.00 in May."""
    account = operator.subscriber()
    for reference, amount in (("1", "10.00"), ("2", "20.00")):
        pay(operator, account, reference, amount, date(2026, 5, 7))
    operator.application.runner.catch_up()
    return signed_in("petra", "administrator")


def pay(operator: Operator, account: str, reference: str, amount: str, on: date) -> None:
    command = ReceivePayment(
        account=account, amount=Money(Decimal(amount), "EUR"), source="desk", reference=reference, method="cash",
        received_on=on,
    )  # fmt: skip
    operator.tell(command, today=date(2026, 6, 11))


def send(client: TestClient, path: str, fields: dict[str, str]):
    token = re.findall(r'name="_form" value="([^"]+)"', client.get(path).text)[0]
    return client.post(path.partition("?")[0], data={**fields, "_form": token}, headers=FROM_HERE)


def test_a_report_is_built_from_a_view_previewed_saved_and_changed(operator: Operator, boss: TestClient):
    assert "Money received and given back" in boss.get("/reports/new").text
    fields = boss.get("/reports/new?view=income").text
    assert '<option value="booked_on">' in fields and "Positive if it came in" in fields

    preview = send(boss, "/reports/new?view=income", BUILT)
    assert preview.status_code == 200, preview.text
    assert "Sum of amount and number of rows by method and currency" in preview.text
    assert ">30.00<" in preview.text

    saved = send(boss, "/reports/new?view=income", {**BUILT, **NAMED})
    assert saved.headers["location"] == "/reports/own-by-method"
    operator.application.runner.catch_up()
    assert "own-by-method" in boss.get("/reports/saved").text
    again = boss.get("/reports/new?report=own-by-method").text
    assert 'value="By method"' in again and '<option value="amount" selected>' in again


def test_what_is_wrong_with_a_tree_is_said_and_what_was_chosen_stays(boss: TestClient):
    without = {name: value for name, value in BUILT.items() if not name.startswith("groups.1")}

    refused = send(boss, "/reports/new?view=income", without)

    assert refused.status_code == 422
    assert "`currency` must be among the groups" in refused.text
    assert '<option value="method" selected>' in refused.text


def test_a_removed_report_is_listed_no_more(operator: Operator, boss: TestClient):
    send(boss, "/reports/new?view=income", {**BUILT, **NAMED})
    operator.application.runner.catch_up()

    removed = send(boss, "/reports/saved/own-by-method/remove", {"reason": "nobody asks it", "do": "confirm"})
    assert removed.status_code == 303, removed.text
    operator.application.runner.catch_up()

    assert "own-by-method" not in boss.get("/reports/saved").text


def test_who_may_not_save_is_shown_no_way_to_it(signed_in: SignedIn, boss: TestClient):
    auditor = signed_in("ada", "auditor")

    assert "Save the report" not in send(auditor, "/reports/new?view=income", BUILT).text
    assert "Save the report" in send(boss, "/reports/new?view=income", BUILT).text

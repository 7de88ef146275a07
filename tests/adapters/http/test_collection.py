"""A hand-over file shows the debtors to who may write it, and interest is explained before it is charged."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.staff.roles import Role
from commands.staff.operators import DefineRole
from tests.adapters.http.conftest import Api, SignedIn
from tests.commands.collection.debtors import A, owed, set_up_debts
from tests.operators import Operator


@pytest.fixture
def debtor(operator: Operator) -> str:
    """An account that owes 24.00 since 15 January 2026; its invoice."""
    set_up_debts(operator, A)
    return owed(operator)


def test_a_file_is_drawn_up_and_its_debtors_are_shown_to_who_may_write_it(
    operator: Operator, admin: Api, signed_in: SignedIn, debtor: str
):
    shows = Role(permissions=("collection.read.show-collection-batch", "collection.read.list-collection-batches"))
    operator.tell(DefineRole(role="looks", permits=shows), today=date(2026, 1, 1))
    handed = admin.post(f"/accounts/{A}/collection", {"invoices": [debtor], "agency": "rapid"})
    assert handed.status_code == 200, handed.text
    drawn_up = admin.post("/collection/agencies/rapid/files", {})
    assert drawn_up.json()["result"] == {"batch": 1, "items": 1, "held": 0}
    operator.application.runner.catch_up()

    (item,) = admin.get("/collection/agencies/rapid/files/1").json()["items"]
    assert (item["invoice"], item["open"], item["debtor"]["name"]) == (
        debtor, {"amount": "24.00", "currency": "EUR"}, f"Customer {A}",
    )  # fmt: skip
    heading, row = admin.get("/collection/agencies/rapid/files/1/csv").text.splitlines()
    assert heading.startswith("account,invoice,handed_on,due_on,open,currency,customer,name")
    assert row.startswith(f"{A},{debtor},") and f"Customer {A}" in row

    looks = signed_in("eva", "looks")
    (item,) = looks.get("/collection/agencies/rapid/files/1").json()["items"]
    assert item["debtor"] is None
    assert looks.get("/collection/agencies/rapid/files/1/csv").status_code == 403
    assert admin.get("/collection/agencies/rapid/files/2").status_code == 404


def test_late_interest_is_explained_by_spans_of_one_rate(operator: Operator, admin: Api, debtor: str):
    operator.application.runner.catch_up()
    card = admin.get(f"/accounts/{A}/late-interest", upto="2026-06-01").json()

    (due,) = card["due"]
    assert (card["table"], due["invoice"], due["due"]["amount"]) == ("cz", debtor, "1.07")
    assert [(span["days"], span["percent"], span["interest"]) for span in due["spans"]] == [(136, "12.00", "1.0731")]
    assert admin.get(f"/accounts/{A}/insolvency-claims").status_code == 422

"""Reports that are built, previewed, saved and asked over HTTP."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from billing_core.dealers import Dealer
from billing_core.kernel.money import Money
from billing_core.payments.events import PaymentMethod
from billing_core.staff.roles import Role
from commands.dealers import RegisterDealer
from commands.parties import AssignCustomer
from commands.payments.account import ReceivePayment
from commands.staff.operators import DefineRole
from tests.adapters.http.conftest import Api, SignedIn
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
        pay(operator, account, reference, amount, method, month)
    operator.application.runner.catch_up()
    return operator


def pay(operator: Operator, account: str, reference: str, amount: str, method: PaymentMethod, month: int) -> None:
    command = ReceivePayment(
        account=account, amount=Money(Decimal(amount), "EUR"), source="desk", reference=reference, method=method,
        received_on=date(2026, month, 7),
    )  # fmt: skip
    operator.tell(command, today=date(2026, 6, 11))


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


ROWS = {"view": "income", "columns": ["booked_on", "customer", "account", "amount", "currency"]}


def test_a_report_whose_view_has_changed_is_listed_as_broken_and_refused_with_the_reason(paid: Operator, admin: Api):
    """A column that a view has no more is the same as one that it never had, which saving does not look at."""
    gone = {**BY_METHOD, "groups": [{"column": "till"}, {"column": "currency"}]}
    save(admin, gone)
    paid.application.runner.catch_up()

    (entry,) = [each for each in admin.get("/reports").json()["items"] if each["report"] == "own-by-month"]
    assert "column 'till': view income has the columns" in entry["broken"]
    asked = admin.get("/reports/own-by-month/rows")
    assert (asked.status_code, asked.json()["code"]) == (422, "report-broken")
    shown = admin.get("/saved-reports/own-by-month").json()
    assert "till" in shown["broken"]
    assert shown["saved"]["tree"]["groups"][0]["column"] == "till"


def test_a_private_report_is_its_makers_alone(paid: Operator, admin: Api, signed_in: SignedIn):
    save(admin, is_private=True)
    paid.application.runner.catch_up()
    other = signed_in("anna", "administrator")

    assert admin.get("/reports/own-by-month/rows").status_code == 200
    assert other.get("/reports/own-by-month/rows").status_code == 404
    assert other.get("/saved-reports/own-by-month").status_code == 404
    assert "own-by-month" not in other.get("/reports").text
    refused = other.post("/saved-reports/own-by-month", {"title": "Mine", "subject": "money", "tree": BY_METHOD})
    assert (refused.status_code, refused.json()["code"]) == (422, "rule-violation")


def test_nobody_reads_through_another_subject_what_the_own_roles_do_not_permit(paid: Operator, admin: Api):
    save(admin, subject="traffic")
    paid.application.runner.catch_up()

    refused = admin.get("/reports/own-by-month/rows")
    assert refused.status_code == 422
    assert "is read by reports about money" in refused.text
    tree = json.dumps(BY_METHOD)
    assert admin.get("/built-reports", tree=tree, subject="traffic").status_code == 422


def test_who_may_not_ask_the_subject_may_neither_build_nor_ask_on_its_views(
    paid: Operator, admin: Api, signed_in: SignedIn
):
    wanted = ("build-report", "list-report-views", "list-reports", "ask-report", "describe-report", "traffic-reports")
    paid.tell(DefineRole(role="radio", permits=Role(permissions=tuple(f"reports.read.{each}" for each in wanted))))
    save(admin)
    paid.application.runner.catch_up()
    rita = signed_in("rita", "radio")

    assert rita.get("/built-reports", tree=json.dumps(BY_METHOD), subject="money").status_code == 404
    assert rita.get("/reports/own-by-month/rows").status_code == 404
    views = [each["view"] for each in rita.get("/report-views").json()["items"]]
    assert views
    assert "income" not in views


def test_an_operator_of_a_dealer_gets_rows_of_the_dealers_own_customers_alone(
    paid: Operator, admin: Api, signed_in: SignedIn
):
    other = paid.subscriber("A0002")
    pay(paid, other, "4", "80.00", "cash", 6)
    paid.tell(RegisterDealer(dealer=Dealer(code="east", name="East Sales")))
    paid.tell(AssignCustomer(customer=paid.account(other).customer, dealer="east"))
    save(admin, ROWS)
    paid.tell(DefineRole(role="seller", permits=Role(permissions=("reports.read.*",))))
    paid.application.runner.catch_up()
    dora = signed_in("dora", "seller", dealer="east")

    built = dora.get("/built-reports", tree=json.dumps(ROWS), subject="money").json()
    asked = dora.get("/reports/own-by-month/rows").json()

    assert [row[3] for row in built["rows"]] == [row[3] for row in asked["rows"]] == ["80.00"]
    assert len(admin.get("/reports/own-by-month/rows").json()["rows"]) == 4
    assert dora.post("/saved-reports/own-mine", {"title": "x", "subject": "money", "tree": ROWS}).status_code == 403


@pytest.mark.parametrize(
    ("tree", "reason"),
    [
        ("{", "tree"),
        ("[]", "tree"),
        ('{"view": "income"}', "choose columns"),
        ('{"view": "income", "columns": ["amount"]}', "`currency` must be among the columns"),
        ('{"view": "income", "columns": ["nonsuch"]}', "view income has the columns"),
        ('{"view": "pg_user", "columns": ["usename"]}', "no such view"),
        ('{"view": "income", "columns": ["method"], "sql": "SELECT 1"}', "sql"),
        ('{"view": "income", "columns": ["method"], "most": 10001}', "1 to 10,000 rows"),
        ('{"view": "income", "columns": ["method"], "conditions": [{"column": "booked_on", "values": ["soon"]}]}',
         "must be a day"),
        ('{"view": "income", "columns": ["currency"], "conditions": [{"column": "amount", "values": ["NaN"]}]}',
         "must be an amount"),
    ],
)  # fmt: skip
def test_a_tree_that_cannot_be_answered_is_refused_with_the_reason(paid: Operator, admin: Api, tree: str, reason: str):
    refused = admin.get("/built-reports", tree=tree, subject="money")

    assert refused.status_code in (404, 422)
    assert reason in refused.text


@pytest.mark.parametrize("value", ["\x00", "9" * 40, "1e999999", "Infinity", "0001-01-01", "x" * 5_000])
@pytest.mark.parametrize("column", ["booked_on", "amount", "method"])
def test_what_is_asked_for_is_a_value_or_refused_and_never_a_fault(paid: Operator, admin: Api, column: str, value: str):
    tree = {"view": "income", "columns": ["method"], "conditions": [{"column": column, "asked": "x"}]}

    assert admin.get("/built-reports", tree=json.dumps(tree), subject="money", x=value).status_code in (200, 422)

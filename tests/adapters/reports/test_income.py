"""Income by its keys, and the day to which a payment at midnight belongs."""

from __future__ import annotations

from datetime import UTC, date, datetime

from adapters.bootstrap.seller_clock import SellerClock
from billing_core.parties.details import Address
from billing_core.parties.number_series import NumberSeries, SeriesKind
from billing_core.parties.sellers import Seller
from commands.parties import RegisterSeller
from commands.payments.account import ReceivePayment, ReversePayment
from commands.payments.remittances import AssignRemittance, ReceiveRemittance
from tests.adapters.reports.asked import asked, totals
from tests.operators import Operator, eur

TODAY = date(2026, 2, 20)


def receive(operator: Operator, account: str, reference: str, amount: str, today: date, actor: str = "anna") -> None:
    operator.tell(
        ReceivePayment(account=account, source="desk-H1", reference=reference, amount=eur(amount), method="cash"),
        today=today, actor=actor,
    )  # fmt: skip


def test_a_payment_at_midnight_belongs_to_the_day_of_its_seller(operator: Operator):
    series: dict[SeriesKind, NumberSeries] = {
        "invoice": NumberSeries(prefix="2", width=9), "credit-note": NumberSeries(prefix="6", width=9)
    }  # fmt: skip
    riga = Seller(code="riga", name="Riga", address=Address(), time_zone="Europe/Riga", series=series)
    operator.tell(RegisterSeller(seller=riga), today=date(2020, 1, 1))
    operator.subscriber("A1")
    operator.subscriber("R1", seller="riga")
    operator.application.runner.catch_up()
    at = datetime(2026, 1, 31, 22, 30, tzinfo=UTC)  # half past midnight in Riga
    clock = SellerClock(operator.application.store, operator.application.tables, now=lambda: at)
    for account in ("A1", "R1"):
        receive(operator, account, account, "10.00", clock.today_of([f"account/{account}"])[f"account/{account}"])

    rows = asked(operator, "income-by-day", TODAY, from_="2026-01-31", to="2026-02-02")
    assert [(f"{row['booked_on']}", str(row["income"])) for row in rows] == [
        ("2026-01-31", "10.00"), ("2026-02-01", "10.00"),
    ]  # fmt: skip
    months = asked(operator, "income-by-month", TODAY, seller="riga")
    assert [(f"{row['month']}", row["payments"]) for row in months] == [("2026-02-01", 1)]
    assert [row["account"] for row in asked(operator, "income-entries", TODAY, month="2026-02-01")] == ["R1"]


def test_income_counts_on_its_day_by_who_entered_it_and_goes_back_on_its_own(operator: Operator):
    operator.subscribers(2)
    receive(operator, "A0001", "1", "24.00", date(2026, 2, 3))
    receive(operator, "A0002", "2", "30.00", date(2026, 2, 3), actor="boris")
    operator.tell(
        ReversePayment(account="A0002", payment="desk-H1:2", reason="false note"), today=date(2026, 2, 9), actor="cyril"
    )
    by_operator = asked(operator, "income-by-operator", TODAY)
    columns = ("came_in", "went_back", "income")
    assert [(row["operator"], *(str(row[column]) for column in columns)) for row in by_operator] == [
        ("anna", "24.00", "0", "24.00"), ("boris", "30.00", "0", "30.00"), ("cyril", "0", "30.00", "-30.00"),
    ]  # fmt: skip
    days = asked(operator, "income-by-day", TODAY)
    assert [(row["booked_on"].day, row["payments"], str(row["income"])) for row in days] == [
        (3, 2, "54.00"),
        (9, 0, "-30.00"),
    ]
    (taken,) = asked(operator, "payments-reversed", TODAY)
    assert (taken["payment"], taken["reason"], str(taken["amount"])) == ("desk-H1:2", "false note", "30.00")
    assert [row["reason"] for row in asked(operator, "reversals-by-reason", TODAY)] == ["false note"]


def test_money_that_waits_is_nobodys_until_it_is_assigned(operator: Operator):
    operator.subscriber("A1")
    for reference, amount in (("1", "5.00"), ("2", "7.00")):
        operator.tell(
            ReceiveRemittance(source="bank", reference=reference, amount=eur(amount), received_on=date(2026, 2, 1)),
            today=date(2026, 2, 1),
        )
    operator.tell(AssignRemittance(remittance="bank:1", account="A1"), today=date(2026, 2, 9))

    by_seller = {row["seller"]: str(row["income"]) for row in asked(operator, "income-by-seller", TODAY)}
    assert by_seller == {"": "7.00", "north": "5.00"}
    (waiting,) = asked(operator, "payments-that-wait", TODAY)
    assert (waiting["days"], str(waiting["waiting"])) == (19, "7.00")
    ages = asked(operator, "payments-that-wait-by-age", TODAY)
    assert [(row["age"], str(row["waiting"])) for row in ages] == [("3. up to 30 days", "7.00")]
    assert totals(operator, "income-by-method", TODAY)["EUR"]["income"] == eur("12.00").amount

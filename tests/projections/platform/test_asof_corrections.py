"""What is now known to have been true by a date, after it was found that something else had been recorded."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from adapters.bootstrap.query_source import QuerySource
from adapters.bootstrap.registry import INVARIANTS, TRUE_BY_DATE
from billing_core.parties.customers import Customer
from billing_core.party_changes import CustomerChanges
from commands.accounts import CorrectRegistration
from commands.corrections.account import CorrectAccount, Correction
from commands.corrections.payment import MovePayment
from commands.corrections.waiver import WaiveCharge
from commands.parties import ChangeCustomer, RegisterCustomer
from commands.services import SuspendSubscription
from projections.accounts.balances import account_named
from projections.billing import documents_of
from projections.parties import customer_named
from projections.payments import payments_of
from projections.platform.asof import AsOf
from projections.platform.check import offenders
from projections.services import subscriptions_of
from projections.statements import statement_of
from tests.operators import Operator, bank_row
from tests.projections.conftest import BY_DATE_HOLDS

A, B = "A0001", "A0002"


def correct(operator: Operator, account: str = A, today: date = date(2026, 4, 10), **right: Any) -> None:
    correction = Correction(**({"subscription": "main"} | right))
    operator.tell(CorrectAccount(account=account, corrections=(correction,), reason="mistyped"), today=today)


def stood(operator: Operator, on: date) -> list[tuple[str, str, str]]:
    """Status, tariff and day of activation by a date."""
    asof = operator.application.build_as_of(f"on_{on:%Y_%m_%d}", on)
    return [(row.status, row.tariff, str(row.activated_on)) for row in answer(operator, asof, subscriptions_of, A)]


def answer(operator: Operator, asof: AsOf, query: Any, *arguments: Any) -> Any:
    application = operator.application
    with QuerySource(application.tables, application.log, asof).cursor() as cursor:
        return query(cursor, *arguments)


@pytest.fixture
def subscribed(operator: Operator) -> Operator:
    """Accounts are there since January, their second subscription `main2` since 15 January."""
    operator.publish("fast", "50.00")
    operator.subscribers(2)
    return operator


def test_a_customer_exists_from_the_day_of_registration_that_is_known_now(operator: Operator):
    march, may = date(2026, 3, 1), date(2026, 5, 1)
    operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona"), registered_on=march))
    operator.tell(ChangeCustomer(number="C1", changes=CustomerChanges(name="Ona Maria")), today=may)

    def known(name: str, on: date) -> list[tuple[str, date]]:
        row = answer(operator, operator.application.build_as_of(name, on), customer_named, "C1")
        return [(row.customer.name, row.registered_on)] if row else []

    assert known("before", date(2026, 2, 1)) == []
    operator.tell(CorrectRegistration(customer="C1", registered_on=date(2026, 1, 15), reason="a month late"))

    assert known("january", date(2026, 1, 14)) == []
    assert known("february", date(2026, 2, 1)) == [("Ona", date(2026, 1, 15))]
    assert known("june", date(2026, 6, 1)) == [("Ona Maria", date(2026, 1, 15))]


def test_a_service_that_began_earlier_than_was_said_is_there_from_its_true_day(operator: Operator):
    operator.subscriber(A, since=date(2026, 1, 1))
    correct(operator, activated_on=date(2026, 3, 15))
    correct(operator, activated_on=date(2026, 3, 1))

    assert stood(operator, date(2026, 3, 1)) == [("active", "net", "2026-03-01")]
    assert stood(operator, date(2026, 3, 14)) == [("active", "net", "2026-03-01")]


def test_an_activation_that_was_left_out_comes_back_with_its_true_day(operator: Operator):
    """Recorded for 15 March on an account of January, then found to have begun on 1 February."""
    operator.publish("fast", "50.00")
    operator.subscriber(A, since=date(2026, 1, 1))
    from commands.services import ActivateSubscription

    operator.tell(ActivateSubscription(account=A, subscription="tv", tariff="fast", on=date(2026, 3, 15)))
    operator.bill(date(2026, 4, 2))
    correct(operator, subscription="tv", activated_on=date(2026, 4, 5), today=date(2026, 4, 3))
    correct(operator, subscription="tv", activated_on=date(2026, 2, 1))

    assert [row[1:] for row in stood(operator, date(2026, 1, 31))] == [("net", "2026-01-01")]
    assert [row[1:] for row in stood(operator, date(2026, 2, 1))] == [("net", "2026-01-01"), ("fast", "2026-02-01")]


def test_a_service_that_began_later_is_one_that_is_to_begin(operator: Operator):
    operator.subscriber(A, since=date(2026, 1, 1))
    correct(operator, activated_on=date(2026, 2, 15))
    operator.tell(SuspendSubscription(account=A, subscription="main", reason="abuse", on=date(2026, 3, 1)))

    assert stood(operator, date(2025, 12, 31)) == []
    assert stood(operator, date(2026, 2, 1)) == [("active", "net", "2026-02-15")]
    assert stood(operator, date(2026, 3, 1)) == [("suspended", "net", "2026-02-15")]


def test_a_corrected_tariff_holds_on_its_days_and_the_old_one_after_them(subscribed: Operator):
    correct(subscribed, from_on=date(2026, 2, 1), to_on=date(2026, 3, 1), tariff="fast")

    tariffs = {on: stood(subscribed, on)[0][1] for on in (date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28),
                                                          date(2026, 3, 1))}  # fmt: skip
    assert list(tariffs.values()) == ["net", "fast", "fast", "net"]


def test_a_moved_payment_was_the_other_accounts_from_the_day_it_came_in(subscribed: Operator):
    subscribed.bill_each_due_date(date(2026, 2, 2))
    subscribed.take_in([bank_row(7, "30.00", A)])
    subscribed.tell(
        MovePayment(payment="bank:R00007", from_account=A, to_account=B, reason="x"), today=date(2026, 3, 5)
    )
    balances = {}
    for day in (19, 20):
        asof = subscribed.application.build_as_of(f"day{day}", date(2026, 1, day))
        balances[day] = [str(answer(subscribed, asof, account_named, number).balance) for number in (A, B)]
        assert answer(subscribed, asof, payments_of, A) == []
        assert len(answer(subscribed, asof, payments_of, B)) == (day == 20)

    assert balances == {19: ["-24.00 EUR", "-24.00 EUR"], 20: ["-24.00 EUR", "6.00 EUR"]}


def test_money_moved_to_an_account_that_opens_later_waits_for_it_and_from_one_that_opens_later_is_there(
    operator: Operator,
):
    operator.subscriber(A, since=date(2026, 1, 1))
    operator.subscriber(B, since=date(2026, 3, 1))
    operator.take_in([bank_row(7, "30.00", A), bank_row(8, "5.00", B)])
    operator.tell(MovePayment(payment="bank:R00007", from_account=A, to_account=B, reason="x"))
    operator.tell(MovePayment(payment="bank:R00008", from_account=B, to_account=A, reason="x"))

    asof = operator.application.build_as_of("then", date(2026, 2, 1))
    assert [str(row.amount) for row in answer(operator, asof, payments_of, A)] == ["5.00 EUR"]
    assert str(answer(operator, asof, account_named, A).balance) == "5.00 EUR"
    assert answer(operator, asof, account_named, B) is None


def test_on_every_date_the_invariants_hold_and_the_statements_agree_with_the_tables(trade: Operator):
    """All kinds of correction on top of a trade's books: by the last date they are what the live tables show."""
    correct(trade, "A0001", activated_on=date(2026, 1, 20))
    correct(trade, "A0002", from_on=date(2026, 1, 15), to_on=date(2026, 3, 3), tariff="fast")
    correct(trade, "A0003", from_on=date(2026, 1, 1), agreed_prices={"fee": Decimal("19.99")})
    correct(trade, "A0007", from_on=date(2026, 2, 1), to_on=date(2026, 3, 1), vat_rates={"fee": Decimal(12)})
    trade.tell(MovePayment(payment="bank:R00002", from_account="A0001", to_account="A0002", reason="x"))
    trade.tell(MovePayment(payment="bank:R00003", from_account="A0002", to_account="A0005", reason="x"))
    trade.tell(MovePayment(payment="bank:R00003", from_account="A0005", to_account="A0006", reason="x"))
    (key,) = trade.select("SELECT key FROM live.charges WHERE account = 'A0002' AND from_on = '2026-04-01'")
    trade.tell(WaiveCharge(account="A0002", charge=key[0], reason="goodwill"), today=date(2026, 4, 20))
    live = trade.live_contents()
    assert trade.findings() == []

    application = trade.application
    dates = [on for (on,) in trade.select("SELECT DISTINCT effective_on FROM billing.events ORDER BY 1")]
    for on in [*dates, date(9999, 12, 31)]:
        asof = application.build_as_of(f"on_{on:%Y_%m_%d}", on)
        for invariant in BY_DATE_HOLDS:
            assert answer(trade, asof, lambda cursor, i=invariant: offenders(cursor, INVARIANTS[i])) == []
        answers = QuerySource(application.tables, application.log, asof)
        for number, shown in trade.select(f"SELECT number, balance FROM {asof.schema}.accounts"):
            statement = statement_of(answers.events_of(f"account/{number}"))
            assert statement is not None and statement.account.ledger.balance.amount == shown
            rows = answer(trade, asof, documents_of, number)
            listed = {row.number: row.open_amount for row in rows if row.kind == "invoice" and row.open_amount.amount}
            assert {n: item.amount for n, item in statement.account.ledger.open_items.items()} == listed
    tables = [table for projection in TRUE_BY_DATE for table in projection.tables]
    assert trade.contents_of({table: f"{asof.schema}.{table}" for table in tables}) == {t: live[t] for t in tables}

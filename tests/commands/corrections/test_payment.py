"""A payment that was booked on the wrong account is moved, and is known on both."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from billing_core.kernel.errors import BillingError, Conflict, InvalidValue, NotFound, RuleViolation
from billing_core.parties.details import Address
from billing_core.parties.number_series import NumberSeries, SeriesKind
from billing_core.parties.sellers import Seller
from billing_core.payments.events import PaymentMovedAway, PaymentMovedIn
from commands.corrections.payment import MovePayment
from commands.parties import RegisterSeller
from commands.payments.account import ReceivePayment, ReversePayment
from projections.payments import allocations_of, payment_totals, payments_of
from projections.statements import statement_of
from tests.operators import Operator, bank_row, eur

WRONG, RIGHT = "A0001", "A0002"


@pytest.fixture(autouse=True)
def debtors(operator: Operator) -> None:
    """Two who owe 24.00 for January and February each; the first one has paid 30.00, which was the second one's."""
    operator.subscribers(2)
    operator.bill_each_due_date(date(2026, 2, 2))
    operator.take_in([bank_row(7, "30.00", WRONG)])


def move(operator: Operator, **details: Any) -> Any:
    fields = {"payment": "bank:R00007", "from_account": WRONG, "to_account": RIGHT, "reason": "mixed up"}
    return operator.tell(MovePayment(**(fields | details)), today=date(2026, 2, 20))


def balances(operator: Operator) -> tuple[str, str]:
    return tuple(str(operator.account(number).ledger.balance) for number in (WRONG, RIGHT))  # type: ignore[return-value]


def test_the_money_goes_with_all_that_it_settled_and_both_accounts_keep_the_fact(operator: Operator):
    answer = move(operator)

    assert [(entry["account"], entry["moved"]["amount"]) for entry in answer.result["accounts"]] == [
        (WRONG, "-30.00"),
        (RIGHT, "30.00"),
    ]
    assert balances(operator) == ("-48.00 EUR", "-18.00 EUR")
    assert operator.ask(payments_of, WRONG) == []
    (row,) = operator.ask(payments_of, RIGHT)
    assert (row.payment, row.received_on, row.amount) == ("bank:R00007", date(2026, 1, 20), eur("30.00"))
    assert operator.ask(allocations_of, WRONG) == {}
    assert list(operator.ask(allocations_of, RIGHT)) == ["bank:R00007"]
    assert operator.ask(payment_totals) == {"EUR": (1, eur("30.00"))}
    away = [fact for fact in operator.facts(f"account/{WRONG}") if isinstance(fact, PaymentMovedAway)]
    into = [fact for fact in operator.facts(f"account/{RIGHT}") if isinstance(fact, PaymentMovedIn)]
    assert [(fact.to_account, fact.reason, fact.effective_on) for fact in away] == [
        (RIGHT, "mixed up", date(2026, 1, 20))
    ]
    assert [(fact.from_account, fact.reason, fact.effective_on) for fact in into] == [
        (WRONG, "mixed up", date(2026, 1, 20))
    ]
    assert operator.findings() == []


def test_a_statement_tells_where_it_went_and_where_it_came_from(operator: Operator):
    move(operator)

    postings = {}
    for number in (WRONG, RIGHT):
        statement = statement_of(operator.facts(f"account/{number}"))
        assert statement is not None
        postings[number] = [
            (posting.kind, str(posting.amount), posting.other_account, len(posting.settled), len(posting.opened))
            for posting in statement.postings[2:]
        ]
    assert postings == {
        WRONG: [("payment", "30.00 EUR", "", 2, 0), ("payment-moved-away", "-30.00 EUR", RIGHT, 0, 2)],
        RIGHT: [("payment-moved-in", "30.00 EUR", WRONG, 2, 0)],
    }


def test_the_same_bank_message_is_known_after_the_move_and_booked_on_neither_account(operator: Operator):
    move(operator)
    before = operator.store_contents()

    report = operator.take_in([bank_row(7, "30.00", WRONG)])
    assert (report.accepted, report.unchanged, report.rejected) == (0, 1, [])
    elsewhere = operator.take_in([bank_row(7, "30.00", RIGHT)])
    assert [row.reason.partition(";")[0] for row in elsewhere.rejected] == [
        "is recorded as 30.00 EUR on 2026-01-20 for account A0001, "
        "now sent as 30.00 EUR on 2026-01-20 for account A0002"
    ]
    with pytest.raises(Conflict):
        operator.tell(
            ReceivePayment(account=RIGHT, source="bank", reference="R00007", amount=eur("30.00"),
                           received_on=date(2026, 1, 20))
        )  # fmt: skip

    assert operator.store_contents() == before


def test_it_is_moved_back_and_on_again_and_bounces_where_it_is(operator: Operator):
    move(operator)
    move(operator, from_account=RIGHT, to_account=WRONG)
    assert balances(operator) == ("-18.00 EUR", "-48.00 EUR")
    assert [row.payment for row in operator.ask(payments_of, WRONG)] == ["bank:R00007"]
    assert operator.ask(payments_of, RIGHT) == []
    move(operator)
    with pytest.raises(RuleViolation, match="was moved to account A0002"):
        operator.tell(ReversePayment(account=WRONG, payment="bank:R00007", reason="bounced"))
    operator.tell(ReversePayment(account=RIGHT, payment="bank:R00007", reason="bounced"))

    assert balances(operator) == ("-48.00 EUR", "-48.00 EUR")
    assert operator.findings() == []


def test_read_models_do_not_depend_on_where_a_page_ends(operator: Operator):
    """Received, moved, moved back and on, seen event by event and all at once."""
    operator.tell(ReceivePayment(account=WRONG, source="desk", reference="1", amount=eur("5.00"), payer="Ona"))
    for there, back in ((WRONG, RIGHT), (RIGHT, WRONG), (WRONG, RIGHT)):
        move(operator, payment="desk:1", from_account=there, to_account=back)
    at_once = operator.live_contents()["payments"]

    application = operator.application
    for projection in application.projections:
        operator.execute(f"TRUNCATE {', '.join(f'live.{table}' for table in projection.tables)}")
    operator.execute("UPDATE billing.checkpoints SET position = 0 WHERE schema_name = 'live'")
    for position in range(1, application.log.newest_position() + 1):
        application.runner.catch_up(upto=position)

    assert operator.live_contents()["payments"] == at_once
    assert operator.findings() == []


REFUSED: list[tuple[dict[str, str], type[BillingError], str]] = [
    ({"payment": "bank:R00008"}, NotFound, "no such payment"),
    ({"from_account": "A0009"}, NotFound, "A0009"),
    ({"to_account": "A0009"}, NotFound, "A0009"),
    ({"to_account": WRONG}, RuleViolation, "is already on this account"),
    ({"to_account": "DOLLARS"}, RuleViolation, "kept in USD for seller north, account A0001 in EUR for north"),
    ({"to_account": "SOUTH"}, RuleViolation, "kept in EUR for seller south"),
    ({"reason": ""}, InvalidValue, "reason"),
]


def test_a_payment_that_cannot_be_moved_stays(operator: Operator):
    series: dict[SeriesKind, NumberSeries] = {
        "invoice": NumberSeries(prefix="7", width=9),
        "credit-note": NumberSeries(prefix="8", width=9),
    }
    operator.tell(
        RegisterSeller(seller=Seller(code="south", name="South", address=Address(), series=series, time_zone="UTC"))
    )
    operator.publish("dollar", "9.00", currency="USD")
    operator.subscriber("DOLLARS", tariff="dollar", currency="USD")
    operator.subscriber("SOUTH", seller="south")
    before = operator.store_contents()

    for details, error, told in REFUSED:
        with pytest.raises(error, match=told):
            move(operator, **details)

    assert operator.store_contents() == before

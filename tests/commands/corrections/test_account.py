"""One account is corrected and billed at once: all of it is kept, or nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing_core.billing.issuing import SERVICE_CHANGED
from billing_core.charging.charges import ChargesPosted
from billing_core.invoicing.invoices import CreditNoteIssued, InvoiceIssued
from billing_core.kernel.errors import BillingError, InvalidValue, NotFound, RuleViolation
from billing_core.services.events import SubscriptionActivationCorrected, SubscriptionTermsCorrected
from commands.corrections.account import CorrectAccount, Correction
from commands.platform.bus import Answer
from commands.services import ActivateSubscription, ChangeTariff
from projections.services import SubscriptionRow, subscriptions_of
from tests.operators import Operator

A = "A0001"
JANUARY = date(2026, 1, 1)
TODAY = date(2026, 4, 10)


@pytest.fixture(autouse=True)
def subscriber(operator: Operator) -> None:
    """20.00 a month plus 20 % VAT since 11 January (21 of 31 days: 13.55), billed until April."""
    operator.publish("fast", "50.00")
    operator.publish("dollar", "9.00", currency="USD")
    operator.subscriber(A, since=date(2026, 1, 11))
    operator.bill_each_due_date(date(2026, 4, 2))


def correct(operator: Operator, *corrections: Correction, reason: str = "mistyped") -> Answer:
    return operator.tell(CorrectAccount(account=A, corrections=corrections, reason=reason), today=TODAY)


def wrong(**right: Any) -> Correction:
    return Correction(**({"subscription": "main"} | right))


def outcome(answer: Answer) -> tuple[str, str, list[tuple[str, str, str]]]:
    (account,) = answer.result["accounts"]
    documents = [(entry["number"], entry["amount"]["amount"], entry["corrects"]) for entry in account["documents"]]
    return account["credited"]["amount"], account["charged"]["amount"], documents


def test_an_activation_date_is_corrected_and_the_missing_days_are_charged_at_once(operator: Operator):
    """Five more days of January: 20.00 x 5/31 = 3.23, with VAT 3.88."""
    operator.subscriber("A0002", since=date(2026, 1, 6))

    answer = correct(operator, wrong(activated_on=date(2026, 1, 11)))
    assert (answer.position, outcome(answer)) == (0, ("0.00", "0.00", []))
    with pytest.raises(RuleViolation, match="exists only since 2026-01-11"):
        correct(operator, wrong(activated_on=date(2026, 1, 10)))
    later = correct(operator, wrong(activated_on=date(2026, 1, 16)))
    earlier = correct(operator, wrong(activated_on=date(2026, 1, 11)))

    assert outcome(later) == ("-3.88", "0.00", [("5000000001", "-3.88", "1000000001")])
    assert outcome(earlier) == ("0.00", "3.88", [("1000000005", "3.88", "")])
    (row,) = operator.ask(subscriptions_of, A)
    assert isinstance(row, SubscriptionRow)
    assert row.activated_on == date(2026, 1, 11)
    assert operator.findings() == []


def test_a_wrong_vat_rate_of_a_price_list_is_corrected_on_the_days_on_it(operator: Operator):
    """On net until 16 February, then on fast: 13.55 + 20.00 x 15/28 (10.71) at 10 % instead of 20 %."""
    operator.tell(ChangeTariff(account=A, subscription="main", tariff="fast", on=date(2026, 2, 16)))
    operator.bill(date(2026, 4, 2))
    before = operator.account(A).ledger.balance.amount

    answer = correct(operator, Correction(on_tariff="net", from_on=date(2025, 1, 1), vat_rates={"fee": Decimal(10)}))

    terms = [fact for fact in operator.facts(f"account/{A}") if isinstance(fact, SubscriptionTermsCorrected)]
    assert [(fact.effective_on, fact.to_on) for fact in terms] == [(date(2026, 1, 11), date(2026, 2, 16))]
    credited, charged, documents = outcome(answer)
    assert (credited, charged) == ("-29.11", "26.69")
    assert [entry[2] for entry in documents] == ["1000000001", "1000000002", ""]
    assert operator.account(A).ledger.balance.amount - before == Decimal("29.11") - Decimal("26.69")
    assert operator.findings() == []


def test_several_corrections_are_one_bill_and_give_their_reasons(operator: Operator):
    answer = correct(
        operator,
        wrong(activated_on=date(2026, 1, 16)),
        wrong(from_on=date(2026, 2, 1), to_on=date(2026, 3, 1), tariff="fast", reason="was on fast"),
        wrong(from_on=date(2026, 3, 1), to_on=date(2026, 4, 1), agreed_prices={"fee": Decimal("15.00")}),
        reason="spring cleaning",
    )

    assert outcome(answer) == (
        "-51.88",
        "78.00",
        [
            ("5000000001", "-3.88", "1000000001"),
            ("5000000002", "-24.00", "1000000002"),
            ("5000000003", "-24.00", "1000000003"),
            ("1000000005", "78.00", ""),
        ],
    )
    facts = operator.facts(f"account/{A}")[10:]
    notes = [fact for fact in facts if isinstance(fact, CreditNoteIssued)]
    assert {fact.reason for fact in notes} == {"spring cleaning; was on fast"}
    told = [
        fact.reason for fact in facts if isinstance(fact, SubscriptionActivationCorrected | SubscriptionTermsCorrected)
    ]
    assert told == ["spring cleaning", "was on fast", "spring cleaning"]
    assert sum(isinstance(fact, ChargesPosted) for fact in facts) == 1
    assert operator.findings() == []


def test_what_changed_before_for_another_reason_gets_documents_of_its_own(operator: Operator):
    """Moved to fast from 1 March and not billed yet: 24.00 back and 60.00, then the correction of February."""
    operator.tell(ChangeTariff(account=A, subscription="main", tariff="fast", on=date(2026, 3, 1)))
    before = operator.store_contents()
    nothing = correct(operator, wrong(activated_on=date(2026, 1, 11)))
    unchanged = operator.store_contents()
    assert (nothing.position, unchanged["events"], unchanged["number_series"]) == (
        0, before["events"], before["number_series"],
    )  # fmt: skip

    answer = correct(
        operator, wrong(from_on=date(2026, 2, 1), to_on=date(2026, 4, 1), agreed_prices={"fee": Decimal(10)})
    )

    notes = [fact for fact in operator.facts(f"account/{A}") if isinstance(fact, CreditNoteIssued)]
    assert [(note.corrects, str(note.gross), note.reason) for note in notes] == [
        ("1000000003", "-24.00 EUR", SERVICE_CHANGED),
        ("1000000004", "-24.00 EUR", SERVICE_CHANGED),
        ("1000000002", "-24.00 EUR", "mistyped"),
        ("1000000005", "-60.00 EUR", "mistyped"),
    ]
    assert outcome(answer)[:2] == ("-132.00", "144.00")
    assert operator.findings() == []


def test_only_the_changed_past_is_billed(operator: Operator):
    """In June nothing of May and June is charged by a correction of January."""
    command = CorrectAccount(account=A, corrections=(wrong(activated_on=date(2026, 1, 16)),), reason="late")
    operator.tell(command, today=date(2026, 6, 20))

    subscription = operator.account(A).subscriptions["main"]
    assert (subscription.charged_until, subscription.changed_from) == (date(2026, 5, 1), None)


def test_what_was_never_billed_is_corrected_without_a_document(operator: Operator):
    operator.tell(ActivateSubscription(account=A, subscription="second", tariff="fast", on=date(2026, 4, 9)))

    answer = correct(operator, wrong(subscription="second", activated_on=date(2026, 4, 1)))

    assert outcome(answer) == ("0.00", "0.00", [])
    assert answer.position > 0
    assert operator.account(A).subscriptions["second"].activated_on == date(2026, 4, 1)
    assert [type(fact) for fact in operator.facts(f"account/{A}")].count(InvoiceIssued) == 4


REFUSED: list[tuple[Correction, type[BillingError], str]] = [
    (wrong(subscription="second", activated_on=date(2026, 1, 16)), NotFound, "second"),
    (wrong(from_on=date(2026, 2, 1), tariff="lost"), NotFound, "lost"),
    (wrong(from_on=date(2026, 2, 1), tariff="dollar"), InvalidValue, "USD"),
    (wrong(from_on=date(2026, 2, 1)), InvalidValue, "names nothing"),
    (wrong(from_on=date(2026, 2, 1), vat_rates={"fees": Decimal(10)}), InvalidValue, "fees"),
]


@pytest.mark.parametrize(("correction", "error", "told"), REFUSED)
def test_a_refused_correction_leaves_nothing_of_those_beside_it(
    operator: Operator, correction: Correction, error: type[BillingError], told: str
):
    before = operator.store_contents()

    with pytest.raises(error, match=told):
        correct(operator, wrong(activated_on=date(2026, 1, 16)), correction)
    with pytest.raises(InvalidValue, match="reason"):
        correct(operator, wrong(activated_on=date(2026, 1, 16)), reason=" ")

    assert operator.store_contents() == before


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "either activated_on or from"),
        ({"activated_on": JANUARY, "from_on": JANUARY}, "either activated_on or from"),
        ({"activated_on": JANUARY, "tariff": "fast"}, "names a subscription and nothing else"),
        ({"from_on": JANUARY, "on_tariff": "net"}, "either a subscription or"),
        ({"from_on": JANUARY, "subscription": ""}, "either a subscription or"),
    ],
)
def test_a_correction_says_one_thing(operator: Operator, fields: dict[str, Any], told: str):
    with pytest.raises(InvalidValue, match=f"correction 1: .*{told}"):
        correct(operator, wrong(**fields))

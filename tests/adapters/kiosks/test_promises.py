"""Customers who ask for more time at a kiosk: checked with every reason, opened once, and only if it was agreed."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from adapters.kiosks.other_side import Sent, written
from billing_core.kernel.errors import InvalidValue
from billing_core.kiosks.connections import KioskCurrency, require_terms
from billing_core.kiosks.transactions import Step
from billing_core.promises import PromiseOpened, PromiseTerms
from commands.promises import SetPromiseTerms
from tests.adapters.kiosks.desk import Counter
from tests.operators import Operator
from tests.projections.kiosk_books import terms_of

PAYER = "A0001"


@pytest.fixture
def debtor(operator: Operator) -> Operator:
    """24.00 were due in January; the seller takes promises of up to ten days for 0.50 and VAT, once a month."""
    operator.subscriber(PAYER, until=date(2026, 2, 1))
    operator.bill(date(2026, 1, 2))
    terms = PromiseTerms(most_days=10, most_per_month=1, price=Decimal("0.50"), vat_rate=Decimal(20))
    operator.tell(SetPromiseTerms(seller="north", terms=terms), today=date(2026, 1, 1))
    return operator


def ask(counter: Counter, message: Sent) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(counter.send(message).body)
    return found


def promises(operator: Operator) -> list[PromiseOpened]:
    return [fact for fact in operator.facts(f"account/{PAYER}") if isinstance(fact, PromiseOpened)]


def test_a_promise_is_checked_opened_once_and_the_next_one_is_refused_with_its_reasons(debtor: Operator):
    counter = Counter(debtor, "signed-json", takes_promises=True)
    checked = ask(counter, written(counter.said("promise-check", 1), counter.side))
    assert (checked["result"], checked["owed"], checked["until"], checked["price"]) == ("ok", 2400, "2026-03-12", 60)
    assert promises(debtor) == []

    first = ask(counter, written(counter.said("promise", 1), counter.side))
    counter.open()  # The answer was lost, and another process takes the repetition.
    again = ask(counter, written(counter.said("promise", 1), counter.side))
    other = ask(counter, written(counter.said("promise", 2), counter.side))

    (opened,) = promises(debtor)
    assert opened.until_on == date(2026, 3, 12)
    assert first["result"] == again["result"] == "ok" and first["objections"] == again["objections"] == []
    assert other["result"] == "refused"
    assert other["objections"] == ["promise-open", "too-many-this-month"]
    assert other["possible_on"] == "2026-04-01"
    assert [(row.step, row.verdict) for row in counter.refusals()] == [("promise", "refused")]


def test_a_connection_takes_promises_only_if_it_was_agreed(debtor: Operator):
    counter = Counter(debtor, "signed-json")
    assert counter.say("promise", 1) == "not-allowed"
    assert promises(debtor) == []


def test_what_is_owed_by_nobody_who_is_known_is_not_promised(debtor: Operator):
    counter = Counter(debtor, "signed-json", takes_promises=True)
    assert counter.say("promise", 1, payer="A9999") == "unknown-payer"


@pytest.mark.parametrize("step", ["promise-check", "promise"])
def test_what_is_owed_in_another_currency_is_not_promised(debtor: Operator, step: Step):
    currencies = (KioskCurrency(from_on=date(2026, 1, 1), currency="CZK"),)
    counter = Counter(debtor, "signed-json", takes_promises=True, currencies=currencies)

    answer = ask(counter, written(counter.said(step, 1), counter.side))

    assert (answer["result"], answer["comment"]) == ("refused", "the account is kept in EUR")
    assert "owed" not in answer and promises(debtor) == []


def test_a_protocol_without_words_for_promises_cannot_take_them():
    with pytest.raises(InvalidValue, match="osmp has no words for promises") as refused:
        require_terms(terms_of("osmp", takes_promises=True))
    assert refused.value.field == "takes promises"
    require_terms(terms_of("signed-json", takes_promises=True))

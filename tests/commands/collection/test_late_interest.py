"""Late interest is charged on a document of its own, outside VAT, and no day twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from adapters.bootstrap.jobs import Work
from adapters.bootstrap.origins import origin_of_process
from adapters.jobs.collection import ChargeAllLateInterest, InterestRun, charge_all_late_interest
from billing_core.accounts.item_courses import ItemCourses, apply_courses
from billing_core.billing.late_interest import claims
from billing_core.dunning.interest import LateInterestCharged
from billing_core.invoicing.invoices import InvoiceIssued
from billing_core.kernel.errors import InvalidValue, RuleViolation
from commands.accounts import ChangeBillingPlan
from commands.collection.interest import ChargeLateInterest
from commands.dunning.stops import NoteInsolvency
from commands.platform.progress import Progress
from projections.collection.interest import charged_interest
from tests.commands.collection.debtors import TABLE, A, B, owed, set_up_debts
from tests.operators import Operator, bank_row, eur, plan, silent


@pytest.fixture(autouse=True)
def debts(operator: Operator) -> None:
    set_up_debts(operator, A)


def charge(operator: Operator, on: date, **words: Any) -> str:
    return str(operator.tell(ChargeLateInterest(account=A, **words), today=on).result["document"])


def charged(operator: Operator) -> list[tuple[str, date, date, str]]:
    return [
        (fact.invoice, fact.from_on, fact.upto_on, f"{fact.amount.amount:f}")
        for fact in operator.facts(f"account/{A}")
        if isinstance(fact, LateInterestCharged)
    ]


def pay(operator: Operator, amount: str, on: date, line: int = 1) -> None:
    operator.take_in([bank_row(line, amount, A, received_on=on)], today=on)


def test_interest_stands_on_a_document_of_its_own_without_vat(operator: Operator):
    """24.00 at 12 % are 0.0078904 a day: from 16 January 136 days up to 1 June are 1.0731."""
    invoice = owed(operator)
    number = charge(operator, date(2026, 6, 1))

    assert charged(operator) == [(invoice, date(2026, 1, 16), date(2026, 6, 1), "1.07")]
    (issued,) = [fact for fact in operator.facts(f"account/{A}")
                 if isinstance(fact, InvoiceIssued) and fact.number == number]  # fmt: skip
    assert (issued.gross, [(tax.rate, tax.vat) for tax in issued.taxes]) == (eur("1.07"), [(Decimal(0), eur("0.00"))])
    assert operator.account(A).pending == []
    (row,) = operator.ask(charged_interest, A)
    assert (row.invoice, row.amount, row.document) == (invoice, eur("1.07"), number)
    assert operator.findings() == []


def test_no_day_is_charged_twice_and_interest_bears_no_interest(operator: Operator):
    charge(operator, date(2026, 6, 1))
    assert charge(operator, date(2026, 6, 1)) == ""
    assert charge(operator, date(2026, 7, 1), upto=date(2026, 5, 1)) == ""

    charge(operator, date(2026, 12, 1))

    # 319 days in all are 2.5170, of which 1.07 were charged; nothing on the 1.07 themselves.
    invoice = charged(operator)[0][0]
    assert charged(operator)[1:] == [(invoice, date(2026, 6, 1), date(2026, 12, 1), "1.45")]


def test_an_item_that_is_paid_bears_interest_up_to_the_payment_and_no_more(operator: Operator):
    charge(operator, date(2026, 6, 1))
    pay(operator, "24.00", date(2026, 6, 20))
    charge(operator, date(2026, 8, 1))
    charge(operator, date(2026, 12, 1))

    # 19 days more: 155 days are 1.2230 in all.
    assert [row[3] for row in charged(operator)] == ["1.07", "0.15"]


def test_a_payment_that_was_booked_late_is_made_good_by_the_next_charge(operator: Operator):
    charge(operator, date(2026, 6, 1))
    operator.take_in([bank_row(1, "12.00", A, received_on=date(2026, 5, 1))], today=date(2026, 6, 2))
    charge(operator, date(2026, 12, 1))

    # 105 days on 24.00 and 214 days on 12.00 are 1.6728 in all.
    assert [row[3] for row in charged(operator)] == ["1.07", "0.60"]


def test_what_was_paid_before_interest_was_ever_charged_is_left_alone(operator: Operator):
    pay(operator, "24.00", date(2026, 6, 20))
    assert charge(operator, date(2026, 8, 1)) == ""


def test_an_account_whose_policy_names_no_table_and_days_to_come_are_refused(operator: Operator):
    with pytest.raises(InvalidValue, match="after today"):
        charge(operator, date(2026, 6, 1), upto=date(2026, 6, 2))
    operator.tell(ChangeBillingPlan(account=A, plan=plan()), today=date(2026, 6, 1))
    with pytest.raises(RuleViolation, match="names a table of late interest"):
        charge(operator, date(2026, 6, 1))


def test_proceedings_over_the_customer_end_interest_and_claim_what_was_open_then(operator: Operator):
    invoice = owed(operator)
    operator.tell(NoteInsolvency(account=A, reference="INS 1/2026", since=date(2026, 6, 1)), today=date(2026, 6, 3))
    pay(operator, "4.00", date(2026, 6, 2))
    courses = ItemCourses()
    for fact in operator.facts(f"account/{A}"):
        courses = apply_courses(courses, fact)

    (claim,) = claims(operator.account(A), courses, TABLE, date(2026, 6, 1))
    assert (claim.invoice, claim.due) == (invoice, eur("1.07"))
    assert courses.by_invoice[invoice].open_on(date(2026, 6, 1)) == eur("24.00")
    charge(operator, date(2026, 12, 1))
    assert charged(operator) == [(invoice, date(2026, 1, 16), date(2026, 6, 1), "1.07")]


def test_the_interest_of_all_accounts_is_charged_once_and_passes_over_those_without_a_table(operator: Operator):
    operator.subscriber(B)  # Its plan names no policy.
    operator.bill(date(2026, 1, 2))
    dry, first, again = (charge_all(operator, is_dry_run=is_dry_run) for is_dry_run in (True, False, False))

    assert (dry.documents, dry.unchanged, dry.refused) == (1, 1, [])
    assert (first.documents, first.unchanged, first.refused) == (1, 1, [])
    assert (again.documents, again.unchanged) == (0, 2)
    assert [row[3] for row in charged(operator)] == ["1.07"]


def charge_all(operator: Operator, *, is_dry_run: bool) -> InterestRun:
    @contextmanager
    def watch(what: str, unit: str, count: int | None) -> Iterator[Progress]:
        yield silent

    origin = origin_of_process("clerk", date(2026, 6, 1))
    work = Work(operator.application, origin, watch, datetime.now(UTC), is_dry_run=is_dry_run)
    return charge_all_late_interest(ChargeAllLateInterest(), work)

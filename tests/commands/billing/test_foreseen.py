"""What a change would do to the next bills: worked out by hand, and the same as what is billed after it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest

from adapters.bootstrap.origins import origin_of_process
from billing_core.kernel.errors import BillingError
from commands.billing.account import BillAccount
from commands.billing.foreseen import Foreseen, foreseen
from commands.platform.bus import Command
from commands.services.status import ActivateSubscription, TerminateSubscription
from commands.services.terms import ChangeTariff
from tests.operators import Operator, eur

TODAY = date(2026, 6, 11)
MOST_SECONDS = 30  # Who waits for the run waits until it is ended, which this test does only afterwards.


@pytest.fixture
def billed(operator: Operator) -> Operator:
    """A subscriber of `net`, 20.00 and 24.00 with VAT a month in advance, billed up to June; `fast` costs 50.00."""
    operator.publish("fast", "50.00")
    operator.subscriber()
    operator.bill(date(2026, 6, 2))
    return operator


def foresee(operator: Operator, command: Command) -> Foreseen:
    return foreseen(operator.application.bus, command, origin_of_process("clerk", TODAY))


def test_a_dearer_tariff_credits_the_rest_of_the_month_and_charges_it_anew(billed: Operator) -> None:
    seen = foresee(billed, ChangeTariff(account="A0001", subscription="main", tariff="fast"))
    # 20 of 30 days: 20.00 x 20/30 = 13.33 back, 50.00 x 20/30 = 33.33, and July 50.00 instead of 20.00.
    assert [str(charge.amount.amount) for charge in seen.gone()] == ["20.00"]
    assert sorted(str(charge.amount.amount) for charge in seen.new()) == ["-13.33", "33.33", "50.00"]
    assert [bill.on for bill in seen.before] == [bill.on for bill in seen.after] == [date(2026, 7, 1), date(2026, 8, 1)]
    assert [bill.to_pay for bill in seen.before] == [eur("24.00"), eur("24.00")]
    # (50.00 + 33.33 - 13.33) x 1.2 = 84.00
    assert [bill.to_pay for bill in seen.after] == [eur("84.00"), eur("60.00")]


def test_what_was_foreseen_is_what_is_billed(billed: Operator) -> None:
    change = ChangeTariff(account="A0001", subscription="main", tariff="fast")
    seen = foresee(billed, change)
    billed.tell(change, today=TODAY)
    answer = billed.tell(BillAccount(account="A0001"), today=date(2026, 7, 1))
    assert answer.result["charged"] == {"EUR": {"amount": "70.00", "currency": "EUR"}}
    assert sum(bill.amount.amount for bill in seen.after[0].charges) == Decimal("70.00")


def test_nothing_of_it_is_kept(billed: Operator) -> None:
    before = billed.store_contents()
    foresee(billed, ChangeTariff(account="A0001", subscription="main", tariff="fast"))
    assert billed.store_contents() == before


def test_a_service_that_ends_is_credited_and_nothing_comes_after(billed: Operator) -> None:
    end = TerminateSubscription(account="A0001", subscription="main", reason="moves away", on=TODAY)
    seen = foresee(billed, end)
    assert [bill.to_pay for bill in seen.after] == [eur("-16.00")]  # 20 of 30 days of 24.00


def test_the_first_service_of_an_account_is_seen_on_the_day_of_its_first_bill(billed: Operator) -> None:
    end = TerminateSubscription(account="A0001", subscription="main", reason="moves away", on=date(2026, 6, 1))
    billed.tell(end, today=TODAY)
    billed.tell(BillAccount(account="A0001"), today=TODAY)
    start = ActivateSubscription(account="A0001", subscription="second", tariff="fast", on=TODAY)
    seen = foresee(billed, start)
    assert seen.before[0].charges == ()
    assert [str(charge.amount.amount) for charge in seen.new()] == ["33.33"]


def test_a_change_that_is_refused_is_not_foreseen(billed: Operator) -> None:
    with pytest.raises(BillingError, match="no such tariff"):
        foresee(billed, ChangeTariff(account="A0001", subscription="main", tariff="absent"))


def test_who_foresees_does_not_wait_for_who_issues_documents(billed: Operator) -> None:
    """A run that is under way holds the numbers of its seller until it has written its documents."""
    change = ChangeTariff(account="A0001", subscription="main", tariff="fast")
    with ThreadPoolExecutor() as clerk, billed.application.store.transaction() as run:
        run.take_numbers("north", "invoice", 1, TODAY)
        seen = clerk.submit(foresee, billed, change).result(timeout=MOST_SECONDS)
    assert [bill.to_pay for bill in seen.after] == [eur("84.00"), eur("60.00")]

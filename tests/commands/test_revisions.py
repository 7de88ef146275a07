"""A price that was announced wrongly is replaced or withdrawn before anybody is charged by it; a tariff is closed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest

from adapters.bootstrap.origins import origin_of_process
from billing_core.catalogue.components import Recurring
from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import Revision
from billing_core.charging.charges import ChargesPosted
from billing_core.kernel.errors import NotFound, RuleViolation
from commands.billing.account import BillAccount, handle_bill_account
from commands.catalogue import CloseTariff, ReopenTariff, ReplaceRevision, ReviseTariff, WithdrawRevision
from commands.price_changes.announced import PriceChange
from commands.services import ActivateSubscription, ChangeTariff
from tests.operators import Operator, new_subscriber, silent, wait_until_held_up

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


def fee(price: str, code: str = "fee") -> Recurring:
    return Recurring(
        code=code, name="Monthly fee", vat_rate=Decimal(20),
        prices=(Price(amount=Decimal(price), valid_from=date(2020, 1, 1)),),
    )  # fmt: skip


def revision(on: date, *fees: Recurring) -> Revision:
    return Revision(valid_from=on, components=fees)


def revise(operator: Operator, price: str, on: date) -> None:
    operator.tell(ReviseTariff(tariff="net", revision=revision(on, fee(price))), today=MARCH)


def replace(operator: Operator, on: date, *fees: Recurring) -> int:
    return operator.tell(ReplaceRevision(tariff="net", revision=revision(on, *fees)), today=MARCH).position


def withdraw(operator: Operator, on: date) -> int:
    return operator.tell(WithdrawRevision(tariff="net", valid_from=on), today=MARCH).position


def charged(operator: Operator, account: str = "A1") -> list[tuple[str, str, str]]:
    """Component, first day and amount of all that was posted."""
    posted = [fact for fact in operator.facts(f"account/{account}") if isinstance(fact, ChargesPosted)]
    return [
        (charge.component, str(charge.from_on), str(charge.amount.amount)) for fact in posted for charge in fact.charges
    ]


@pytest.fixture
def billed(operator: Operator) -> Operator:
    """A1 was charged for March."""
    operator.subscriber("A1", since=MARCH)
    operator.bill_each_due_date(date(2026, 3, 2))
    return operator


def test_a_withdrawn_price_is_never_charged(billed: Operator):
    revise(billed, "200.00", APRIL)
    billed.bill(date(2026, 3, 20))

    assert withdraw(billed, APRIL) > 0
    billed.bill(date(2026, 4, 2))

    assert charged(billed)[1:] == [("fee", "2026-04-01", "20.00")]
    assert billed.findings() == []


def test_a_replaced_price_is_charged_instead(billed: Operator):
    revise(billed, "200.00", APRIL)
    billed.bill(date(2026, 3, 20))

    assert replace(billed, APRIL, fee("21.00"), fee("2.00", "tv")) > 0
    assert replace(billed, APRIL, fee("21.00"), fee("2.00", "tv")) == 0
    billed.bill(date(2026, 4, 2))

    assert charged(billed)[1:] == [("fee", "2026-04-01", "21.00"), ("tv", "2026-04-01", "2.00")]
    for wrong in (lambda: replace(billed, APRIL, fee("22.00")), lambda: withdraw(billed, APRIL)):
        with pytest.raises(RuleViolation, match="account A1 was charged by it already"):
            wrong()
    with pytest.raises(NotFound):
        withdraw(billed, MAY)
    assert billed.findings() == []


def test_days_charged_by_the_list_before_are_compared_with_the_replaced_revision(billed: Operator):
    """Worked out by hand, March has 31 days and 16 of them from the 16th: 20.00 x 16/31 = 10.32 back, and instead
    23.00 x 16/31 = 11.87; a component that the first revision did not change is charged too: 3.10 x 16/31 = 1.60.
    """
    middle = date(2026, 3, 16)
    revise(billed, "20.01", middle)
    withdraw(billed, middle)
    billed.bill(date(2026, 3, 17))
    assert len(charged(billed)) == 1

    operator = billed
    revise(operator, "230.00", middle)
    assert replace(operator, middle, fee("23.00"), fee("3.10", "tv")) > 0
    operator.bill(date(2026, 3, 20))

    assert charged(operator)[1:] == [
        ("fee", "2026-03-16", "-10.32"), ("fee", "2026-03-16", "11.87"), ("tv", "2026-03-16", "1.60")
    ]  # fmt: skip
    assert operator.findings() == []


def test_an_account_that_only_the_replaced_revision_concerns_is_looked_at_after_all(operator: Operator):
    """The agreed fee stands against the first revision, which is marked on nobody; 3.10 x 16/31 = 1.60."""
    middle = date(2026, 3, 16)
    operator.subscriber("A1", since=MARCH, agreed={"fee": Decimal("18.00")})
    operator.bill_each_due_date(date(2026, 3, 2))
    dearer = [PriceChange("line 2", "net", middle, {"fee": Decimal("23.00")})]
    operator.application.price_change_run().schedule(dearer, origin_of_process("clerk", MARCH), silent)

    replace(operator, middle, fee("23.00"), fee("3.10", "tv"))
    operator.bill(date(2026, 3, 20))

    assert charged(operator)[1:] == [("tv", "2026-03-16", "1.60")]
    assert operator.findings() == []


def test_an_agreed_price_and_a_credit_are_not_charged_by_the_revision(operator: Operator):
    operator.subscriber("A1", since=MARCH, agreed={"fee": Decimal("18.00")})
    operator.bill_each_due_date(date(2026, 3, 2))
    revise(operator, "200.00", APRIL)
    operator.bill(date(2026, 4, 2))
    assert charged(operator)[1:] == [("fee", "2026-04-01", "18.00")]

    assert withdraw(operator, APRIL) > 0


def test_who_is_just_billing_by_the_revision_is_waited_for(billed: Operator):
    revise(billed, "23.00", APRIL)
    origin = origin_of_process("clerk", date(2026, 4, 1))
    bill = BillAccount(account="A1", on=date(2026, 4, 1))
    with ThreadPoolExecutor(1) as threads:
        with billed.application.store.transaction() as transaction:
            decision = handle_bill_account(bill, transaction, origin)
            withdrawal = threads.submit(withdraw, billed, APRIL)
            wait_until_held_up(billed)
            transaction.append(decision.appends, (), origin)
        with pytest.raises(RuleViolation, match="account A1 was charged by it already"):
            withdrawal.result(30)


def test_a_closed_tariff_is_kept_by_those_who_have_it_and_sold_to_nobody_else(billed: Operator):
    billed.publish("fast", "50.00")
    assert billed.tell(CloseTariff(tariff="net", on=APRIL)).position > 0
    sale = ActivateSubscription(account="A1", subscription="second", tariff="net", on=APRIL)
    with pytest.raises(RuleViolation, match="tariff 'net': is closed for new sale from 2026-04-01 on"):
        billed.tell(sale)
    billed.tell(
        ChangeTariff(account="A1", subscription="main", tariff="net", agreed_prices={"fee": Decimal(19)}, on=APRIL)
    )
    billed.tell(ChangeTariff(account="A1", subscription="main", tariff="fast", on=MAY))
    with pytest.raises(RuleViolation, match="closed"):
        billed.tell(ChangeTariff(account="A1", subscription="main", tariff="net", on=date(2026, 6, 1)))

    assert billed.bring_in([new_subscriber("A8", since=MARCH), new_subscriber("A9", since=APRIL)]).accepted == 1

    assert billed.tell(ReopenTariff(tariff="net")).position > 0
    assert billed.tell(ReopenTariff(tariff="net")).position == 0
    assert billed.tell(sale).position > 0
    assert billed.findings() == []

"""Parked accounts: why, what a retry would come to, and what it comes to; and damage that parks instead of charging."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest

from adapters.bootstrap.origins import origin_of_process
from billing_core.accounts.account import Account
from billing_core.catalogue.components import Recurring
from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import Tariff, publish_tariff
from billing_core.charging.expected import MOST_LINES
from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.time.period_rules import PeriodRule
from commands.billing.account import BillAccount, ParkAccount
from commands.billing.parked import Retried
from commands.corrections.account import CorrectAccount, Correction
from commands.corrections.waiver import WaiveCharge
from commands.platform.ports import Append
from commands.services import ChangeTariff
from projections.accounts.balances import AccountRow, parked_accounts
from projections.accounts.states import decode_state
from projections.billing import documents_of
from tests.operators import Operator

CLERK = origin_of_process("clerk", date(2026, 4, 10))
MARCH = date(2026, 3, 1)
RUN_ON = date(2026, 3, 31)


def expire(operator: Operator, *accounts: str, since: date = date(2026, 1, 1), run_on: date = RUN_ON) -> None:
    """Subscribers whose price ends on 10 March, and a run that cannot bill their March."""
    ends = [Price(amount=Decimal("20.00"), valid_from=date(2020, 1, 1), valid_to=date(2026, 3, 10))]
    operator.publish("ends", ends)
    for account in accounts:
        operator.subscriber(account, tariff="ends", since=since)
    operator.bill(run_on + timedelta(days=1))


def mend(operator: Operator, account: str) -> None:
    operator.tell(ChangeTariff(account=account, subscription="main", tariff="net", on=date(2026, 3, 10)))


def retry(operator: Operator, account: str) -> Retried:
    return operator.application.parked_accounts().retry(account, CLERK)


def retry_all(operator: Operator) -> list[Retried]:
    return list(operator.application.parked_accounts().retry_all(CLERK))


def parked(operator: Operator) -> Sequence[AccountRow]:
    found: Sequence[AccountRow] = operator.ask(parked_accounts)
    return found


def charges(operator: Operator, account: str) -> list[tuple[str, str, str]]:
    operator.application.runner.catch_up()
    return operator.select(
        "SELECT from_on::text, to_on::text, amount::text FROM live.charges WHERE account = %s ORDER BY 1, key", account
    )


# --- why, and since when


def test_a_parked_account_says_since_when_and_which_subscription(operator: Operator):
    expire(operator, "A1")
    (row,) = parked(operator)
    assert (row.number, row.parked_on, row.parked_subscription) == ("A1", RUN_ON, "main")
    assert row.parked is not None and row.parked.startswith("price-missing: ")
    kept = operator.account("A1").parked
    assert kept is not None and (kept.on, kept.code, kept.subscription) == (RUN_ON, "price-missing", "main")


def test_another_reason_is_news_and_the_day_stays_until_the_account_is_billed(operator: Operator):
    operator.subscriber("A1")
    for day, reason in ((5, "first"), (6, "first"), (7, "second")):
        operator.tell(ParkAccount(account="A1", code="rule-violation", reason=reason, on=date(2026, 1, day)))
    (row,) = parked(operator)
    assert (row.parked, row.parked_on) == ("rule-violation: second", date(2026, 1, 5))
    assert len(operator.facts("account/A1")) == 4  # opened, activated, and two reasons

    operator.tell(BillAccount(account="A1", on=date(2026, 1, 7)))
    operator.tell(ParkAccount(account="A1", code="rule-violation", reason="third", on=date(2026, 2, 1)))
    (row,) = parked(operator)
    assert row.parked_on == date(2026, 2, 1)
    assert operator.findings() == []


# --- billed again


def test_a_retry_bills_up_to_the_day_it_was_parked_on(operator: Operator):
    expire(operator, "A1")
    mend(operator, "A1")
    rehearsed = operator.application.parked_accounts().rehearse("A1", CLERK)
    before = operator.store_contents()

    assert rehearsed.outcome == "billed" and rehearsed.totals is not None
    assert (rehearsed.on, rehearsed.totals.charges, rehearsed.totals.invoices) == (RUN_ON, 4, 1)
    assert operator.store_contents() == before

    assert retry(operator, "A1") == rehearsed
    assert charges(operator, "A1")[2:] == [("2026-03-01", "2026-03-10", "5.81"), ("2026-03-10", "2026-04-01", "14.19")]
    assert parked(operator) == []
    assert retry(operator, "A1") == Retried("A1", "not-parked")
    assert operator.findings() == []


def test_what_is_not_mended_stays_parked_and_leaves_nothing(operator: Operator):
    expire(operator, "A1")
    facts = operator.facts("account/A1")

    found = retry(operator, "A1")

    assert (found.outcome, found.code, found.subscription) == ("parked", "price-missing", "main")
    assert "tariff ends has no price" in found.reason
    assert operator.facts("account/A1") == facts
    assert found == operator.application.parked_accounts().rehearse("A1", CLERK)


def test_a_mend_that_leaves_nothing_to_bill_ends_it(operator: Operator):
    """The service began nine days later than was said, so that on 1 March nothing was due."""
    expire(operator, "A1", since=MARCH, run_on=MARCH)
    right = Correction(subscription="main", activated_on=date(2026, 3, 9))
    operator.tell(CorrectAccount(account="A1", corrections=(right,), reason="mistyped"), today=date(2026, 4, 10))
    assert operator.account("A1").parked is not None

    operator.tell(BillAccount(account="A1", until=MARCH), today=MARCH)
    assert [row.number for row in parked(operator)] == ["A1"], "nothing is known yet of the day it was parked on"
    found = retry(operator, "A1")

    assert found.outcome == "nothing-left"
    assert parked(operator) == [] and charges(operator, "A1") == []
    assert operator.account("A1").subscriptions["main"].due_on == date(2026, 3, 9)
    assert operator.findings() == []


def test_a_retry_of_all_can_be_stopped_and_begun_again(operator: Operator):
    expire(operator, "A1", "A2", "A3", "A4")
    for account in ("A1", "A3", "A4"):
        mend(operator, account)
    stopped = operator.application.parked_accounts().retry_all(CLERK)
    assert next(stopped).account == "A1"
    del stopped

    outcomes = [(found.account, found.outcome) for found in retry_all(operator)]

    assert outcomes == [("A2", "parked"), ("A3", "billed"), ("A4", "billed")]
    assert [(found.account, found.outcome) for found in retry_all(operator)] == [("A2", "parked")]
    assert operator.findings() == []


def test_an_account_that_does_not_exist_is_not_retried(operator: Operator):
    with pytest.raises(NotFound, match="no such account"):
        retry(operator, "A9")


# --- damage


def test_a_month_that_stands_twice_parks_the_account_and_the_run_goes_on(operator: Operator):
    """Its January was posted twice behind the rules' back; then its past changes, so that the history is read."""
    operator.publish("fast", "50.00")
    operator.subscribers(3)
    operator.bill(date(2026, 1, 2))
    (posted,) = (fact for fact in operator.facts("account/A0002") if type(fact).__name__ == "ChargesPosted")
    (january,) = posted.charges  # type: ignore[attr-defined]
    again = msgspec.structs.replace(posted, charges=(msgspec.structs.replace(january, revision=9),))
    with operator.application.store.transaction() as transaction:
        version = len(operator.facts("account/A0002"))
        transaction.append([Append("account/A0002", version, [again])], (), CLERK)
    operator.tell(ChangeTariff(account="A0002", subscription="main", tariff="fast", on=date(2026, 1, 17)))
    assert [found.invariant for found in operator.findings()] == ["no day of a component is charged twice"]
    before = charges(operator, "A0002")

    totals = operator.bill(date(2026, 2, 2))

    assert (totals.bills, list(totals.parked)) == (2, ["A0002"])
    assert charges(operator, "A0002") == before
    (row,) = parked(operator)
    assert row.parked is not None and row.parked.startswith("charged-twice: component 'main/fee': would be charged 2 ")

    operator.tell(WaiveCharge(account="A0002", charge=f"{january.key[:-1]}9", reason="posted twice"), today=CLERK.today)
    assert retry(operator, "A0002").outcome == "billed"
    assert operator.findings() == []


def test_a_state_that_forgot_how_far_it_was_charged_charges_nothing_twice(operator: Operator):
    operator.subscribers(2)
    operator.bill(date(2026, 3, 2))
    before = charges(operator, "A0001")
    ((state,),) = operator.select("SELECT state FROM live.account_states WHERE number = 'A0001'")
    account: Account = decode_state(state)
    account.subscriptions["main"].next_due_on = date(2026, 2, 1)
    operator.execute(
        "UPDATE live.account_states SET state = %s, next_due_on = '2026-02-01' WHERE number = 'A0001'",
        msgspec.msgpack.encode(account),
    )

    totals = operator.bill(date(2026, 3, 2))

    assert (totals.charges, totals.parked) == (0, {})
    assert charges(operator, "A0001") == before
    assert operator.findings() == []


def test_too_many_charges_park_the_account_and_the_run_goes_on(operator: Operator):
    """Charged by the day; the account that is one day older than the limit has one charge too many."""
    price = Price(amount=Decimal("0.10"), valid_from=date(2000, 1, 1))
    daily = Recurring(
        code="day", name="Day", vat_rate=Decimal(0), prices=(price,), period=PeriodRule(unit="day", align="own")
    )
    tariff = Tariff(code="daily", name="Daily", currency="EUR", components=(daily,))
    with operator.application.store.transaction() as transaction:
        events = publish_tariff(None, tariff, date(2000, 1, 1))
        transaction.append([Append("tariff/daily", 0, events)], (), CLERK)
    operator.subscriber("A1")
    operator.bill(date(2026, 3, 2))  # Who is brought in late catches up with the newest document, of 1 March.
    first_on = MARCH - timedelta(days=MOST_LINES - 1)
    operator.subscriber("B1", tariff="daily", since=first_on)
    operator.subscriber("B2", tariff="daily", since=first_on - timedelta(days=1))

    totals = operator.bill(date(2026, 3, 2))

    assert (totals.bills, totals.charges) == (1, MOST_LINES)
    assert list(totals.parked) == ["B2"] and "more than 5000 charges" in totals.parked["B2"]
    assert [row.gross.amount for row in operator.ask(documents_of, "B1")] == [Decimal("500.00")]
    assert charges(operator, "B2") == []
    assert operator.findings() == []


# --- how far ahead


def test_nobody_bills_an_account_more_than_a_year_and_a_day_ahead(operator: Operator):
    operator.subscriber("A1")
    before = operator.store_contents()
    with pytest.raises(InvalidValue, match="more than 366 days after 2026-03-01") as caught:
        operator.tell(BillAccount(account="A1", until=date(2027, 3, 3)), today=MARCH)
    assert caught.value.field == "until"
    with pytest.raises(InvalidValue, match="more than 366 days after 2026-03-01") as caught:
        operator.bill(date(2027, 3, 3), today=MARCH)
    assert caught.value.field == "until"
    assert operator.store_contents() == before

    operator.tell(BillAccount(account="A1", until=date(2027, 3, 2), confirmed=True), today=MARCH)
    assert charges(operator, "A1")[-1][1] == "2027-04-01"
    operator.bill(date(2027, 3, 2), today=MARCH)

"""Announced price changes on the live base: simulated without a trace, scheduled once, and billed as a difference."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import msgspec
import pytest

from adapters.bootstrap.origins import origin_of_process
from billing_core.catalogue.components import Discount, Recurring
from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import Revision, Tariff
from billing_core.charging.charges import ChargesPosted
from billing_core.invoicing.invoices import CreditNoteIssued, InvoiceIssued
from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.services.events import SubscriptionRepriced
from billing_core.time.period_rules import PeriodRule
from commands.billing import rerating
from commands.billing.account import BillAccount, handle_bill_account
from commands.billing.run_ports import DueAccount
from commands.catalogue import PublishTariff, ReviseTariff
from commands.price_changes.announced import PriceChange
from commands.price_changes.effect import KeptPrice, PriceChangeEffect
from commands.price_changes.run import PriceChangeRun, Scheduled
from commands.services import SuspendSubscription, TerminateSubscription
from tests.operators import Operator, eur, silent, wait_until_held_up

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


def dearer(price: str = "23.00", on: date = date(2026, 3, 16), tariff: str = "net") -> list[PriceChange]:
    return [PriceChange("line 2", tariff, on, {"fee": Decimal(price)})]


def simulate(operator: Operator, listed: list[PriceChange], today: date = MARCH) -> PriceChangeEffect:
    return operator.application.price_change_run().simulate(listed, today, silent)


def schedule(operator: Operator, listed: list[PriceChange], today: date = MARCH) -> Scheduled:
    origin = origin_of_process("clerk", today)
    done = operator.application.price_change_run().schedule(listed, origin, silent)
    operator.application.runner.catch_up()
    return done


def charges(operator: Operator, account: str) -> list[tuple[str, str, str]]:
    """From, to and amount of all that was posted since the first bill."""
    posted = [fact for fact in operator.facts(f"account/{account}") if isinstance(fact, ChargesPosted)]
    return [
        (str(charge.from_on), str(charge.to_on), str(charge.amount.amount))
        for fact in posted[1:]
        for charge in fact.charges
    ]


def test_a_price_change_within_a_charged_month_is_posted_as_a_difference(operator: Operator):
    """Worked out by hand, March has 31 days and 16 of them from the 16th: 20.00 x 16/31 = 10.32 back, 23.00 x 16/31
    = 11.87 instead.
    """
    operator.subscriber("A1", since=MARCH)
    operator.bill_each_due_date(date(2026, 3, 2))

    assert schedule(operator, dearer()) == Scheduled(["net"], 1, 1, is_repetition=False)
    operator.bill(date(2026, 3, 20))

    assert charges(operator, "A1") == [
        ("2026-03-16", "2026-04-01", "-10.32"), ("2026-03-16", "2026-04-01", "11.87")
    ]  # fmt: skip
    (note,) = [fact for fact in operator.facts("account/A1") if isinstance(fact, CreditNoteIssued)]
    invoices = [fact for fact in operator.facts("account/A1") if isinstance(fact, InvoiceIssued)]
    assert (note.gross, invoices[1].gross) == (eur("-12.38"), eur("14.24"))
    operator.bill(date(2026, 4, 2))
    assert charges(operator, "A1")[2:] == [("2026-04-01", "2026-05-01", "23.00")]
    assert operator.findings() == []


def test_a_price_change_after_what_is_charged_writes_nothing_on_accounts(operator: Operator):
    operator.subscriber("A1", since=MARCH)
    operator.bill_each_due_date(date(2026, 3, 2))
    before = len(operator.facts("account/A1"))

    assert schedule(operator, dearer(on=APRIL)) == Scheduled(["net"], 0, 0, is_repetition=False)

    assert len(operator.facts("account/A1")) == before
    operator.bill(date(2026, 4, 2))
    assert charges(operator, "A1") == [("2026-04-01", "2026-05-01", "23.00")]


def test_who_agreed_a_price_is_left_alone(operator: Operator):
    operator.subscriber("A1", since=MARCH, agreed={"fee": Decimal("18.00")})
    operator.subscriber("A2", since=MARCH)
    operator.bill_each_due_date(date(2026, 3, 2))
    before = operator.facts("account/A1")

    assert schedule(operator, dearer()).accounts == 1
    operator.bill(date(2026, 4, 2))

    assert operator.facts("account/A1")[: len(before)] == before
    assert not any(isinstance(fact, SubscriptionRepriced) for fact in operator.facts("account/A1"))
    assert charges(operator, "A1") == [("2026-04-01", "2026-05-01", "18.00")]


def test_scheduled_again_or_billed_again_nothing_more_is_written(operator: Operator):
    operator.subscribers(3, since=MARCH)
    operator.bill_each_due_date(date(2026, 3, 2))
    first = schedule(operator, dearer())
    operator.bill(date(2026, 3, 20))
    before = operator.store_contents()

    assert first == Scheduled(["net"], 3, 3, is_repetition=False)
    assert schedule(operator, dearer()) == Scheduled(["net"], 0, 0, is_repetition=True)
    operator.bill(date(2026, 3, 20))

    assert operator.store_contents() == before


def test_a_schedule_that_was_interrupted_goes_on_where_it_was(operator: Operator, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rerating, "CHUNK_ACCOUNTS", 2)
    numbers = operator.subscribers(5, since=MARCH)
    operator.bill_each_due_date(date(2026, 3, 2))

    def stop(done: int) -> None:
        raise KeyboardInterrupt

    run = operator.application.price_change_run()
    with pytest.raises(KeyboardInterrupt):
        run.schedule(dearer(), origin_of_process("clerk", MARCH), stop)
    assert schedule(operator, dearer()) == Scheduled(["net"], 3, 3, is_repetition=False)

    for number in numbers:
        facts = operator.facts(f"account/{number}")
        assert [type(fact) for fact in facts].count(SubscriptionRepriced) == 1
    assert operator.bill(date(2026, 3, 20)).credit_notes == 5


def test_an_account_that_moved_meanwhile_is_looked_at_again(operator: Operator, monkeypatch: pytest.MonkeyPatch):
    """Between the look at the states and the write A0001 ends before the date: it is not concerned any more."""
    operator.subscribers(2, since=MARCH)
    operator.bill_each_due_date(date(2026, 3, 2))
    application = operator.application
    models = application.models()
    look = models.all_accounts

    def look_then_move(after_account: str, limit: int) -> Sequence[DueAccount]:
        found = look(after_account, limit)
        if not after_account:
            end = TerminateSubscription(reason="moves away", account="A0001", subscription="main", on=date(2026, 3, 10))
            operator.tell(end, today=MARCH)
        return found

    models.all_accounts = look_then_move  # type: ignore[method-assign]
    run = PriceChangeRun(application.store, application.bus, models)
    application.runner.catch_up()

    assert run.schedule(dearer(), origin_of_process("clerk", MARCH), silent).accounts == 1
    assert not any(isinstance(fact, SubscriptionRepriced) for fact in operator.facts("account/A0001"))


def test_a_revision_that_came_through_another_door_is_noted_by_the_next_run(operator: Operator):
    operator.subscribers(2, since=MARCH)
    operator.bill_each_due_date(date(2026, 3, 2))
    revise_by_another_door(operator, ("23.00", date(2026, 3, 16)))

    assert operator.bill(date(2026, 3, 20)).credit_notes == 2
    assert charges(operator, "A0002") == [
        ("2026-03-16", "2026-04-01", "-10.32"), ("2026-03-16", "2026-04-01", "11.87")
    ]  # fmt: skip


def revise_by_another_door(operator: Operator, *versions: tuple[str, date]) -> None:
    net = operator.application.models().tariffs()["net"]
    for price, on in versions:
        fee = msgspec.structs.replace(net.components[0], prices=always(price))
        operator.tell(ReviseTariff(tariff="net", revision=Revision(valid_from=on, components=(fee,))), today=MARCH)


def test_a_single_bill_before_the_next_run_answers_what_the_run_would(operator: Operator):
    """Two revisions within the charged March: the 16th to the 20th at 23.00, the 21st to the 31st at 31.00."""
    operator.subscribers(2, since=MARCH)
    operator.bill_each_due_date(date(2026, 3, 2))
    revise_by_another_door(operator, ("23.00", date(2026, 3, 16)), ("31.00", date(2026, 3, 21)))

    expected = operator.preview(date(2026, 3, 21))
    operator.tell(BillAccount(account="A0002", on=date(2026, 3, 20)))
    alone = operator.facts("account/A0002")
    operator.tell(BillAccount(account="A0002", on=date(2026, 3, 20)))

    assert charges(operator, "A0002") == [
        ("2026-03-16", "2026-04-01", "-10.32"), ("2026-03-16", "2026-03-21", "3.71"),
        ("2026-03-21", "2026-04-01", "11.00"),
    ]  # fmt: skip
    done = operator.bill(date(2026, 3, 21))
    assert (expected.credit_notes, done.credit_notes) == (2, 1)
    assert charges(operator, "A0001") == charges(operator, "A0002")
    assert operator.facts("account/A0002") == alone
    assert [type(fact) for fact in alone].count(SubscriptionRepriced) == 2
    assert operator.findings() == []


def test_a_preview_finds_an_account_on_which_nothing_else_is_due(operator: Operator):
    operator.subscribers(2, since=MARCH)
    operator.bill_each_due_date(date(2026, 3, 2))
    revise_by_another_door(operator, ("23.00", date(2026, 3, 16)))
    before = operator.store_contents()

    expected = operator.preview(date(2026, 3, 20))

    assert operator.store_contents() == before
    assert expected == operator.bill(date(2026, 3, 20))
    assert expected.credit_notes == 2
    assert operator.preview(date(2026, 3, 20)).bills == 0


def test_a_single_bill_compares_nothing_that_was_noted_or_charged_by_the_new_list(operator: Operator):
    operator.subscribers(2, since=MARCH)
    operator.bill_each_due_date(date(2026, 3, 2))
    schedule(operator, dearer(on=APRIL))
    operator.bill(date(2026, 4, 2))
    before = operator.store_contents()["events"]

    operator.tell(BillAccount(account="A0001", on=date(2026, 4, 2)))

    assert operator.store_contents()["events"] == before


# --- simulation


def test_a_simulation_tells_whom_it_concerns_and_what_it_brings_and_writes_nothing(operator: Operator):
    """Three follow the list; two pay 3.00 more a month each, one is suspended by us and pays nothing meanwhile.

    From 16 March on 16 of 31 days bring 1.55 (9.68 + 11.87 - 20.00), 11 months 33.00, and 15 of 31 days 1.45.
    """
    operator.subscribers(3, since=MARCH)
    operator.subscriber("B1", since=MARCH, agreed={"fee": Decimal("18.00")})
    operator.subscriber("B2", since=MARCH, until=date(2026, 3, 10))
    operator.tell(SuspendSubscription(account="A0003", subscription="main", reason="operator", on=MARCH), today=MARCH)
    operator.bill_each_due_date(date(2026, 3, 2))
    before = operator.store_contents()

    effect = simulate(operator, dearer())

    assert operator.store_contents() == before
    assert (effect.accounts, effect.subscriptions, effect.charged_beyond) == (3, 3, 2)
    (net,) = effect.tariffs
    assert (net.tariff, net.changes, net.keeping) == ("net", ("fee 20.00 to 23.00",), 1)
    assert (net.month, net.year) == (eur("6.00"), eur("72.00"))
    assert effect.currencies["EUR"].year == eur("72.00")
    assert effect.kept == [KeptPrice("B1", "main", "net", "fee", Decimal("18.00"), None)]


def test_discounts_other_periods_and_new_fees_count_in_what_it_brings(operator: Operator):
    """10.00 every week less 10 %; from 1 April 12.00 a week less 10 %, and 5.00 a quarter in addition.

    4 days of the week of 29 March bring 1.15 (4.29 + 6.86 - 10.00) less 0.12, and as many of the week of 28 March of
    the next year 1.15 (6.86 - 5.71) less 0.12; the 51 weeks between them 1.80 each. The rent of 61 days of the first
    quarter is 3.32, of 31 days of the last one 1.68, and 5.00 of the three between them.
    """

    def weekly(price: str) -> Recurring:
        period = PeriodRule(unit="week")
        return Recurring(code="fee", name="Fee", vat_rate=Decimal(0), prices=always(price), period=period)

    loyal = Discount(code="loyal", name="Loyal", vat_rate=Decimal(0), on=("fee",), percent=Decimal(10))
    rent = Recurring(
        code="rent", name="Rent", vat_rate=Decimal(0), prices=always("5.00"), period=PeriodRule(interval=3)
    )
    television = Tariff(code="tv", name="TV", currency="EUR", components=(weekly("10.00"), loyal))
    operator.tell(PublishTariff(tariff=television), today=MARCH)
    operator.subscriber("A1", since=MARCH, tariff="tv")

    change = PriceChange("line 2", "tv", APRIL, {}, (weekly("12.00"), loyal, rent))
    effect = simulate(operator, [change])

    assert effect.tariffs[0].changes == ("fee 10.00 to 12.00", "rent is new")
    assert effect.tariffs[0].year == eur("113.86")  # 2 x 1.03 + 51 x 1.80, and 20.00


def always(price: str) -> tuple[Price, ...]:
    return (Price(amount=Decimal(price), valid_from=date(2020, 1, 1)),)


@pytest.mark.parametrize(
    ("listed", "error", "told"),
    [
        (dearer(tariff="radio"), NotFound, "line 2: tariff 'radio': no such tariff is published"),
        (dearer(price="20.00"), InvalidValue, "line 2: tariff 'net': changes nothing"),
        (dearer(price="-1"), InvalidValue, "line 2: .*must not be negative"),
        ([PriceChange("line 2", "net", MARCH, {"rent": Decimal(1)})], InvalidValue,
         "line 2: tariff net, component rent: is none of its components, fee"),
        ([*dearer(on=APRIL), *dearer(on=MARCH, price="24.00")],
         InvalidValue, "line 2: .*is revised from 2026-04-01 on already"),
        ([*dearer(), *dearer()], InvalidValue, "line 2: tariff 'net': is listed twice from 2026-03-16 on"),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_is_refused_as_a_whole(
    operator: Operator, listed: list[PriceChange], error: type[Exception], told: str
):
    before = operator.store_contents()

    for attempt in (simulate, schedule):
        with pytest.raises(error, match=told):
            attempt(operator, listed)
    assert operator.store_contents() == before


def test_whoever_is_billing_by_the_old_list_is_waited_for_before_it_is_another(operator: Operator):
    """April is billed by the old list while the new one, from 16 April, is on its way: the difference is posted."""
    operator.subscriber("A0001")
    operator.bill(APRIL)
    operator.application.runner.catch_up()
    billing, origin = BillAccount(account="A0001", on=APRIL), origin_of_process("clerk", APRIL)
    with ThreadPoolExecutor(1) as threads:
        with operator.application.store.transaction() as transaction:
            decision = handle_bill_account(billing, transaction, origin)
            scheduling = threads.submit(schedule, operator, dearer(on=date(2026, 4, 16)), APRIL)
            wait_until_held_up(operator)
            transaction.append(decision.appends, (), origin)
        assert scheduling.result(60).accounts == 1

    operator.tell(billing, today=APRIL)
    assert charges(operator, "A0001")[-2:] == [
        ("2026-04-16", "2026-05-01", "-10.00"),
        ("2026-04-16", "2026-05-01", "11.50"),
    ]

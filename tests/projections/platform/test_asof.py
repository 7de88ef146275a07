"""The books as they were: equal to the live tables of then, and to what is now known to have been true."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from adapters.bootstrap.query_source import QuerySource
from adapters.bootstrap.registry import INVARIANTS, PROJECTIONS, TRUE_BY_DATE
from billing_core.kernel.errors import AlreadyExists, BillingError, InvalidValue, NotFound
from billing_core.parties.customers import Customer
from commands.corrections.waiver import WaiveCharge
from commands.parties import RegisterCustomer
from commands.payments.account import ReversePayment
from commands.services import ChangeTariff, SuspendSubscription
from projections.billing import DocumentRow, documents_of
from projections.dunning.suspensions import suspension_list
from projections.payments import allocations_of, payments_of
from projections.platform.asof import AsOf, drop, find, list_built
from projections.platform.check import offenders
from projections.platform.runner import ProjectionOutdated
from projections.services import subscriptions_of
from projections.statements import statement_of
from tests.operators import Operator, bank_row, eur
from tests.projections.conftest import BY_DATE_HOLDS

TABLES = [table for projection in PROJECTIONS for table in projection.tables]
JANUARY = "main/fee/2026-01-01/2026-02-01/0"


def contents(operator: Operator, asof: AsOf, tables: list[str] = TABLES) -> dict[str, list[str]]:
    return operator.contents_of({table: f"{asof.schema}.{table}" for table in tables})


def build(operator: Operator, moment: int | datetime | date, name: str = "then") -> AsOf:
    return operator.application.build_as_of(name, moment)


def answer(operator: Operator, asof: AsOf, query: Callable[..., Any], *arguments: Any) -> Any:
    application = operator.application
    with QuerySource(application.tables, application.log, asof).cursor() as cursor:
        return query(cursor, *arguments)


def balance(operator: Operator, asof: AsOf, account: str = "A0001") -> str | None:
    rows = operator.select(f"SELECT balance::text FROM {asof.schema}.accounts WHERE number = %s", account)
    return rows[0][0] if rows else None


@pytest.fixture
def recorded(operator: Operator) -> tuple[Operator, list[tuple[datetime, int, dict[str, list[str]]]]]:
    """Two debtors; then a payment and a correction arrive. With a copy of the live tables before, between and after."""
    kept = []

    def keep() -> None:
        tables = operator.live_contents()
        kept.append((datetime.now(UTC), operator.application.runner.position(), tables))

    operator.subscribers(2)
    operator.bill(date(2026, 1, 2))
    keep()
    operator.take_in([bank_row(2, "24.00", "1000000001")])
    operator.tell(WaiveCharge(account="A0002", charge=JANUARY, reason="goodwill"), today=date(2026, 2, 6))
    keep()
    operator.tell(ReversePayment(account="A0001", payment="bank:R00002", reason="bounced"), today=date(2026, 2, 7))
    operator.bill(date(2026, 3, 2))
    keep()
    return operator, kept


# --- position and recorded


@pytest.mark.parametrize("kind", ["position", "recorded"])
@pytest.mark.parametrize("moment", [0, 1, 2])
def test_every_table_is_what_the_live_one_was_at_that_moment(recorded: Any, kind: str, moment: int):
    operator, kept = recorded
    instant, position, tables = kept[moment]

    asof = build(operator, position if kind == "position" else instant)

    assert asof.position == position
    assert contents(operator, asof) == tables
    assert tables != kept[moment - 1][2]


def test_an_event_recorded_at_the_very_instant_counts_and_the_next_one_does_not(operator: Operator):
    first = operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")))
    second = operator.tell(RegisterCustomer(customer=Customer(number="C2", kind="person", name="Ana")))
    ((at,),) = operator.select("SELECT recorded_at FROM billing.events WHERE position = %s", second.position)

    assert build(operator, at).position == second.position
    assert build(operator, at - timedelta(microseconds=1), "before").position == first.position


def test_what_a_long_run_wrote_after_something_recorded_later_was_not_there(operator: Operator):
    """Events of a run carry the instant at which it began, also those it wrote long after."""
    answers = [
        operator.tell(RegisterCustomer(customer=Customer(number=f"C{number}", kind="person", name="Ona")))
        for number in range(3)
    ]
    began = datetime.now(UTC)
    for position, minutes in zip((each.position for each in answers), (0, 30, 0), strict=True):
        at = began - timedelta(hours=1) + timedelta(minutes=minutes)
        operator.execute("UPDATE billing.events SET recorded_at = %s WHERE position = %s", at, position)
    operator.execute("UPDATE billing.events SET recorded_at = %s WHERE position < %s", began - timedelta(days=1),
                     answers[0].position)  # fmt: skip

    asof = build(operator, began - timedelta(minutes=45))

    assert operator.select(f"SELECT number FROM {asof.schema}.customers") == [("C0",)]


def test_before_the_first_event_everything_is_empty(operator: Operator):
    for name, moment in (("zero", 0), ("long_ago", datetime(2001, 1, 1, tzinfo=UTC))):
        asof = build(operator, moment, name)
        assert asof.position == 0
        assert not any(contents(operator, asof).values())


def test_what_is_being_written_is_waited_for(operator: Operator, server_url: str):
    with psycopg.connect(server_url) as elsewhere, ThreadPoolExecutor(1) as thread:
        elsewhere.execute("SELECT pg_current_xact_id()")
        answer = operator.tell(RegisterCustomer(customer=Customer(number="C1", kind="person", name="Ona")))
        building = thread.submit(build, operator, answer.position)
        elsewhere.execute("SELECT pg_sleep(0.3)")
        assert not building.done()
        elsewhere.rollback()
        asof = building.result(30)
    assert operator.select(f"SELECT number FROM {asof.schema}.customers") == [("C1",)]


def test_later_events_do_not_move_it(recorded: Any):
    operator, kept = recorded
    built = [build(operator, kept[1][1], "by_position"), build(operator, kept[1][0], "by_instant"),
             build(operator, date(2026, 2, 1), "by_date")]  # fmt: skip
    tables = [table for projection in TRUE_BY_DATE for table in projection.tables]
    before = [contents(operator, asof, tables) for asof in built]

    operator.take_in([bank_row(9, "10.00", "A0001", received_on=date(2026, 1, 15))])
    operator.subscriber("A0009")
    operator.live_contents()

    assert [contents(operator, asof, tables) for asof in built] == before


# --- effective: what is now known to have been true


def test_a_payment_recorded_late_counts_from_the_day_it_came_in(operator: Operator):
    operator.subscriber(since=date(2026, 1, 1))
    operator.bill_each_due_date(date(2026, 2, 2))  # 1 January and 1 February, 24.00 each
    operator.take_in([bank_row(2, "24.00", "1000000001", received_on=date(2026, 1, 20))])

    before = build(operator, date(2026, 1, 19), "before")
    after = build(operator, date(2026, 1, 20), "after")

    assert (balance(operator, before), balance(operator, after)) == ("-24.00", "0.00")
    assert open_amounts(operator, before) == {"1000000001": eur("24.00")}
    assert open_amounts(operator, after) == {"1000000001": eur("0.00")}
    assert answer(operator, before, payments_of, "A0001") == []
    late = date(2026, 1, 25)
    assert [row.overdue for row in answer(operator, before, suspension_list, late, 9)] == [eur("24.00")]
    assert answer(operator, after, suspension_list, late, 9) == []


def open_amounts(operator: Operator, asof: AsOf, account: str = "A0001") -> dict[str, Any]:
    rows: list[DocumentRow] = answer(operator, asof, documents_of, account)
    return {row.number: row.open_amount for row in rows if row.kind == "invoice"}


def test_money_that_came_in_before_its_invoice_is_unused_until_then(operator: Operator):
    """Recorded in the other order: the payment's allocation carries the payment's date, before the invoice's."""
    operator.subscriber(since=date(2026, 2, 1))
    operator.bill(date(2026, 2, 2))
    operator.take_in([bank_row(2, "24.00", "1000000001", received_on=date(2026, 2, 1))])
    operator.bill(date(2026, 3, 2))
    operator.take_in([bank_row(3, "24.00", "1000000002", received_on=date(2026, 2, 10))])

    asof = build(operator, date(2026, 2, 15))

    assert balance(operator, asof) == "24.00"
    assert open_amounts(operator, asof) == {"1000000001": eur("0.00")}
    assert list(answer(operator, asof, allocations_of, "A0001")) == ["bank:R00002"]
    assert open_amounts(operator, build(operator, date(2026, 3, 1), "march"))["1000000002"] == eur("0.00")


def test_an_invoice_is_open_until_the_credit_that_it_consumed_came_in(operator: Operator):
    """The payment was recorded first, though it came in later; the invoice consumed it on the invoice's date."""
    operator.subscriber(since=date(2026, 1, 1))
    operator.take_in([bank_row(2, "24.00", "A0001", received_on=date(2026, 1, 20))])
    operator.bill(date(2026, 1, 2))

    asof = build(operator, date(2026, 1, 15))

    assert balance(operator, asof) == "-24.00"
    assert open_amounts(operator, asof) == {"1000000001": eur("24.00")}
    assert answer(operator, asof, allocations_of, "A0001") == {}
    assert open_amounts(operator, build(operator, date(2026, 1, 20), "later")) == {"1000000001": eur("0.00")}


def test_of_two_payments_for_one_invoice_the_second_is_unused_until_the_first_bounced(operator: Operator):
    operator.subscriber(since=date(2026, 1, 1))
    operator.bill(date(2026, 1, 2))
    operator.take_in([bank_row(2, "24.00", "1000000001", received_on=date(2026, 1, 10))])
    operator.tell(ReversePayment(account="A0001", payment="bank:R00002", reason="bounced"), today=date(2026, 1, 25))
    operator.take_in([bank_row(3, "24.00", "1000000001", received_on=date(2026, 1, 20))])

    expected = {
        date(2026, 1, 9): ("-24.00", {}),
        date(2026, 1, 10): ("0.00", {"bank:R00002"}),
        date(2026, 1, 20): ("24.00", {"bank:R00002"}),
        date(2026, 1, 25): ("0.00", {"bank:R00003"}),
    }
    for number, (on, (money, credits)) in enumerate(expected.items()):
        asof = build(operator, on, f"day{number}")
        assert balance(operator, asof) == money, on
        assert set(answer(operator, asof, allocations_of, "A0001")) == set(credits), on
        assert open_amounts(operator, asof) == {"1000000001": eur("0.00") if credits else eur("24.00")}, on


def test_a_payment_that_bounced_before_it_came_in_takes_nothing(operator: Operator):
    operator.subscriber(since=date(2026, 1, 1))
    operator.bill(date(2026, 1, 2))
    operator.take_in([bank_row(2, "24.00", "1000000001", received_on=date(2026, 1, 20))])
    operator.tell(ReversePayment(account="A0001", payment="bank:R00002", reason="bounced"), today=date(2026, 1, 5))

    asof = build(operator, date(2026, 1, 10))

    assert balance(operator, asof) == "-24.00"
    assert open_amounts(operator, asof) == {"1000000001": eur("24.00")}
    assert answer(operator, asof, payments_of, "A0001") == []


def test_an_account_that_opens_later_is_not_there_and_nothing_of_it(operator: Operator):
    operator.subscriber(since=date(2026, 2, 1))
    operator.take_in([bank_row(2, "24.00", "A0001", received_on=date(2026, 1, 20))])

    asof = build(operator, date(2026, 1, 25))

    before = {"sellers", "tariffs"}  # What the house had before its first customer.
    tables = [table for projection in TRUE_BY_DATE for table in projection.tables if table not in before]
    assert not any(contents(operator, asof, tables).values())
    assert balance(operator, build(operator, date(2026, 2, 1), "opened")) == "24.00"


def test_a_service_is_what_its_timeline_says_of_that_day(operator: Operator):
    """Learnt in another order than it was true: a suspension in January, after a change of tariff in March."""
    operator.publish("fast", "50.00")
    operator.subscriber(since=date(2026, 1, 1))
    operator.tell(ChangeTariff(account="A0001", subscription="main", tariff="fast", on=date(2026, 3, 1)))
    operator.tell(SuspendSubscription(account="A0001", subscription="main", reason="abuse", on=date(2026, 1, 20)))

    stood = {}
    for on in (date(2025, 12, 31), date(2026, 1, 19), date(2026, 1, 20), date(2026, 3, 1)):
        asof = build(operator, on, f"on_{on:%m_%d}")
        stood[on.isoformat()] = [(row.status, row.tariff) for row in answer(operator, asof, subscriptions_of, "A0001")]
    assert stood == {
        "2025-12-31": [],
        "2026-01-19": [("active", "net")],
        "2026-01-20": [("suspended", "net")],
        "2026-03-01": [("suspended", "fast")],
    }


def test_on_every_date_the_invariants_hold_and_the_statements_agree_with_the_tables(trade: Operator):
    application = trade.application
    dates = [on for (on,) in trade.select("SELECT DISTINCT effective_on FROM billing.events ORDER BY 1")]
    assert len(dates) > 10
    for on in dates:
        asof = build(trade, on, f"on_{on:%Y_%m_%d}")
        for invariant in BY_DATE_HOLDS:
            assert answer(trade, asof, lambda cursor, i=invariant: offenders(cursor, INVARIANTS[i])) == []
        answers = QuerySource(application.tables, application.log, asof)
        opened = trade.select(f"SELECT number, balance FROM {asof.schema}.accounts")
        for number, shown in opened:
            statement = statement_of(answers.events_of(f"account/{number}"))
            assert statement is not None and statement.account.ledger.balance.amount == shown
            listed = {n: amount for n, amount in open_amounts(trade, asof, number).items() if amount.amount}
            assert {n: item.amount for n, item in statement.account.ledger.open_items.items()} == listed


def test_by_the_last_date_it_is_what_the_live_tables_show(trade: Operator):
    live = trade.live_contents()
    asof = build(trade, date(9999, 12, 31))
    tables = [table for projection in TRUE_BY_DATE for table in projection.tables]
    assert contents(trade, asof, tables) == {table: live[table] for table in tables}


def test_decisions_and_records_have_no_answer_for_a_date(trade: Operator):
    asof = build(trade, date(2026, 2, 1))
    found = trade.select("SELECT tablename FROM pg_tables WHERE schemaname = %s", asof.schema)
    assert {"account_states", "ways_into_log"}.isdisjoint(name for (name,) in found)


# --- names


@pytest.mark.parametrize("name", ["", "A", "1a", "a-b", "a b", 'a"; DROP SCHEMA live; --', "ä", "a" * 51, "a\n"])
def test_a_name_that_is_none_is_refused(operator: Operator, name: str):
    with pytest.raises(InvalidValue, match="letter"):
        build(operator, 0, name)
    with pytest.raises(NotFound):
        drop(operator.application.tables, name)


def test_a_name_is_used_once_until_it_is_dropped(recorded: Any):
    operator, kept = recorded
    tables = operator.application.tables
    first = build(operator, kept[0][1])
    with pytest.raises(AlreadyExists, match="drop"):
        build(operator, kept[1][1])
    assert contents(operator, first) == kept[0][2]

    drop(tables, "then")

    with pytest.raises(NotFound, match="asof list"):
        find(tables, PROJECTIONS, "then")
    with pytest.raises(NotFound, match="asof list"):
        drop(tables, "then")
    assert operator.select("SELECT FROM billing.checkpoints WHERE schema_name = 'asof_then'") == []
    assert contents(operator, build(operator, kept[1][1])) == kept[1][2]


def test_all_are_listed_with_what_they_hold(operator: Operator):
    built = [build(operator, date(2026, 1, 1), "b"), build(operator, 1, "a")]
    assert list_built(operator.application.tables) == built[::-1]
    assert [(asof.kind, asof.value) for asof in built] == [("effective", "2026-01-01"), ("position", "1")]


def test_a_build_that_was_interrupted_is_not_there_and_can_be_started_again(operator: Operator):
    class Interrupted(Exception):
        pass

    def interrupt(_: int) -> None:
        raise Interrupted

    tables = operator.application.tables
    with pytest.raises(Interrupted):
        operator.application.build_as_of("then", 2, interrupt)
    assert operator.select("SELECT FROM pg_namespace WHERE nspname = 'asof_then'")
    assert list_built(tables) == []
    with pytest.raises(NotFound):
        find(tables, PROJECTIONS, "then")
    assert find(tables, PROJECTIONS, build(operator, 2).name).position == 2
    with pytest.raises(Interrupted):
        operator.application.build_as_of("other", 2, interrupt)
    drop(tables, "other")


def test_what_another_version_of_the_program_built_is_not_read(operator: Operator):
    build(operator, 1)
    operator.execute(
        "UPDATE billing.checkpoints SET version = 0 WHERE (schema_name, projection) = ('asof_then', 'payments')"
    )
    with pytest.raises(ProjectionOutdated, match=r"'payments'.*drop then"):
        find(operator.application.tables, PROJECTIONS, "then")


@pytest.mark.parametrize(("moment", "told"), [(-1, "position '-1'"), (10**9, "the end of the log"),
                                              (datetime(9000, 1, 1, tzinfo=UTC), "lies in the future")])  # fmt: skip
def test_a_moment_that_is_not_in_the_log_is_refused(operator: Operator, moment: int | datetime, told: str):
    with pytest.raises(BillingError, match=told):
        build(operator, moment)
    assert list_built(operator.application.tables) == []

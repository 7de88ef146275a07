"""Empty tables are filled stream after stream, by one or by several, and are those that the order of the log makes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from adapters.bootstrap.application import Application
from adapters.bootstrap.registry import PROJECTIONS
from adapters.postgres.log import EventUnreadable, PostgresLog
from billing_core.kernel.errors import Conflict
from billing_core.kernel.events import topics_of
from billing_core.parties.customers import Customer, CustomerRegistered
from commands.parties import RegisterCustomer
from projections.accounts.balances import Balances
from projections.audit import Audit
from projections.payments import Payments
from projections.platform.bulk_load import BulkLoad, load, load_share, schema_id_of
from projections.platform.ports import Share
from projections.platform.projection import Projection
from projections.platform.rebuild import build_beside, changed, drop_schema, rebuild
from projections.platform.runner import ProjectionFailed, ProjectionOutdated, Runner
from tests.operators import Operator

BESIDE = "beside"
BY_STREAM = [projection for projection in PROJECTIONS if projection.by_stream]


def filled(operator: Operator) -> dict[str, list[str]]:
    """Every row of the tables that were built beside the live ones."""
    return {
        table: [row for (row,) in operator.select(f"SELECT t::text FROM {BESIDE}.{table} AS t ORDER BY 1")]
        for projection in BY_STREAM
        for table in projection.tables
    }


def live_contents(operator: Operator) -> dict[str, list[str]]:
    """Every row of the live ones of the same names."""
    live = operator.live_contents()
    return {table: live[table] for projection in BY_STREAM for table in projection.tables}


def empty_tables(operator: Operator) -> BulkLoad:
    """Tables that wait to be filled with everything there is."""
    application = operator.application
    drop_schema(application.tables, BESIDE)
    operator.execute(f"CREATE SCHEMA {BESIDE}")
    with application.tables.transaction(BESIDE) as cursor:
        for projection in BY_STREAM:
            cursor.execute(projection.definition)
        schema_id = schema_id_of(cursor, BESIDE)
    # What others do on the same server may hold the log back for a moment; catching up waits for that.
    return BulkLoad(BESIDE, schema_id, BY_STREAM, application.runner.catch_up())


@pytest.mark.parametrize("page_events", [1, 3, 5_000])
def test_shares_of_the_streams_together_fill_what_the_order_of_the_log_fills(
    trade: Operator, page_events: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("projections.platform.bulk_load.PAGE_EVENTS", page_events)
    application, live = trade.application, live_contents(trade)
    whole = empty_tables(trade)
    shares = [sum(load_share(application.log, application.tables, whole, Share(number, 3))) for number in (2, 0, 1)]
    ((events,),) = trade.select("SELECT count(*) FROM billing.events")
    assert sum(shares) == events and all(shares)
    assert filled(trade) == live


def test_several_fill_the_same_tables_at_the_same_time(trade: Operator, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("projections.platform.bulk_load.PAGE_EVENTS", 2)
    application, live = trade.application, live_contents(trade)
    whole = empty_tables(trade)

    def fill_one(number: int) -> None:
        for _ in load_share(application.log, application.tables, whole, Share(number, 4)):
            pass

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(fill_one, range(4)))
    assert filled(trade) == live


def test_whoever_fills_for_somebody_that_gave_up_writes_nothing_into_what_was_begun_anew(
    trade: Operator, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("projections.platform.bulk_load.PAGE_EVENTS", 5)
    application, live = trade.application, live_contents(trade)
    given_up = empty_tables(trade)._replace(projections=[Audit()])  # It would take any event, also without the first.
    left_behind = load_share(application.log, application.tables, given_up, Share())
    assert next(left_behind) == 5

    begun_anew = empty_tables(trade)
    with pytest.raises(Conflict, match="begun again by another process"):
        next(left_behind)

    assert not any(filled(trade).values())
    assert sum(load_share(application.log, application.tables, begun_anew, Share())) > 0
    assert filled(trade) == live


def test_what_no_read_model_folds_is_not_even_read(trade: Operator):
    """Here it could not be read. What is filled stands at the end of the log all the same."""
    application, live = trade.application, live_contents(trade)
    trade.execute("UPDATE billing.events SET state = 'x' WHERE topic = 'credit-allocated/1'")
    folded: list[int] = []

    position = rebuild(application.log, application.tables, [Balances()], PROJECTIONS, folded.append)

    topics = topics_of(Balances.folds)
    ((events,),) = trade.select("SELECT count(*) FROM billing.events WHERE topic = ANY(%s)", topics)
    assert sum(folded) == events > 0
    assert position == application.runner.position() == application.log.newest_position()
    assert live_contents(trade) == live
    with pytest.raises(EventUnreadable, match="credit-allocated/1"):
        rebuild(application.log, application.tables, [Payments()], PROJECTIONS)


class Stumbling(Balances):
    """Cannot take one customer's registration."""

    streams = ("account", "customer")
    folds = (*Balances.folds, CustomerRegistered)

    def write(self, cursor, page):
        super().write(cursor, page)
        if any(entry.stream == "customer/A0002" for entry in page):
            raise ValueError("what is this?")


def test_a_fold_that_fails_names_read_model_position_and_event(trade: Operator):
    """Also where the page holds rows that the fold has written before it fails."""
    application, live = trade.application, live_contents(trade)
    ((position,),) = trade.select("SELECT position FROM billing.events WHERE originator_id = 'customer/A0002'")
    with pytest.raises(ProjectionFailed) as failure:
        rebuild(application.log, application.tables, [Stumbling()], PROJECTIONS)
    told = str(failure.value)
    assert "'balances'" in told and f"position {position}, CustomerRegistered of customer/A0002" in told
    assert live_contents(trade) == live


class NewestCustomer:
    """Who was registered last: an answer across streams, so the order of the log matters."""

    name = "newest_customer"
    version = 1
    tables = ("newest_customer",)
    definition = "CREATE TABLE newest_customer (number text NOT NULL)"
    indexes = ""
    streams = ("customer",)
    folds = (CustomerRegistered,)
    by_stream = False

    def write(self, cursor, page):
        for entry in page:
            cursor.execute("DELETE FROM newest_customer")
            cursor.execute("INSERT INTO newest_customer VALUES (%s)", (entry.event.customer.number,))


class WronglyByStream(NewestCustomer):
    by_stream = True


@pytest.mark.parametrize(("projection", "newest"), [(NewestCustomer(), "B"), (WronglyByStream(), "Z")])
def test_what_looks_across_streams_is_folded_in_the_order_of_the_log(
    operator: Operator, projection: Projection, newest: str
):
    """And what says so wrongly comes out wrong: the statement is what protects it."""
    application = operator.application
    for number in ("Z", "A", "B"):
        operator.tell(RegisterCustomer(customer=Customer(number=number, kind="person", name="New")))
    runner = build_beside(application.log, application.tables, [*PROJECTIONS, projection], BESIDE)
    assert operator.select(f"SELECT number FROM {BESIDE}.newest_customer") == [(newest,)]
    assert filled(operator) == live_contents(operator)
    assert runner.position() == runner.catch_up() >= application.log.newest_position()


@pytest.mark.parametrize("page_events", [1, 5_000])
def test_what_looks_across_streams_is_not_given_what_it_does_not_fold(
    trade: Operator, page_events: int, monkeypatch: pytest.MonkeyPatch
):
    """Here it could not be read. Which events count by a date may depend on any of them, so then all are read."""
    monkeypatch.setattr("projections.platform.runner.PAGE_EVENTS", page_events)
    application = trade.application
    end = application.runner.catch_up()
    trade.execute("UPDATE billing.events SET state = 'x' WHERE topic = 'credit-allocated/1'")
    log, tables = application.log, application.tables

    runner = build_beside(log, tables, [NewestCustomer()], BESIDE)

    ((newest,),) = trade.select("SELECT originator_id FROM billing.events WHERE topic LIKE 'customer-registered/%'"
                                " ORDER BY position DESC LIMIT 1")  # fmt: skip
    assert trade.select(f"SELECT 'customer/' || number FROM {BESIDE}.newest_customer") == [(newest,)]
    assert runner.position() >= end
    with pytest.raises(EventUnreadable, match="credit-allocated/1"):
        build_beside(log, tables, [NewestCustomer()], BESIDE, counting=lambda page: page)


@pytest.mark.parametrize("customers", [[], ["C1", "C2"]])
def test_a_read_model_that_is_new_is_asked_for_and_built_by_a_rebuild_of_what_changed(
    application: Application, customers: list[str]
):
    """Also where nothing has happened yet."""
    operator = Operator(application, application.database_url)
    everything = [*PROJECTIONS, NewestCustomer()]
    for number in customers:
        operator.tell(RegisterCustomer(customer=Customer(number=number, kind="person", name="New")))
    application.runner.catch_up()
    runner = Runner(application.log, application.tables, everything)
    with pytest.raises(ProjectionOutdated, match=r"'newest_customer'.*billing rebuild --changed"):
        runner.catch_up()

    chosen = changed(application.tables, everything)
    assert [projection.name for projection in chosen] == ["newest_customer"]
    rebuild(application.log, application.tables, chosen, everything)

    runner.catch_up()
    assert operator.select("SELECT number FROM live.newest_customer") == [(number,) for number in customers[-1:]]
    operator.tell(RegisterCustomer(customer=Customer(number="C3", kind="person", name="New")))
    runner.catch_up()
    assert operator.select("SELECT number FROM live.newest_customer") == [("C3",)]


def test_what_is_not_final_at_the_first_look_is_filled_as_well(operator: Operator):
    """While others write, somebody is always in the middle of a transaction when the building begins."""
    application = operator.application
    operator.subscribers(3)
    began: list[int] = []

    def look(log, tables, whole, progress):
        began.append(whole.upto)
        return load(log, tables, whole, progress)

    class Busy(PostgresLog):
        """At the first look somebody is in the middle of a transaction."""

        def final_position(self):
            if self.is_first:
                self.is_first = False
                with psycopg.connect(operator.database_url) as slow:
                    slow.execute("SELECT pg_current_xact_id()")
                    return super().final_position()
            return super().final_position()

        is_first = True

    written = application.log.newest_position()
    build_beside(Busy(application.datastore), application.tables, PROJECTIONS, BESIDE, load=look)
    assert began == [written]
    assert filled(operator) == live_contents(operator)

"""Reports on the program at work, with figures worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.files.seal_files import create_keys, load_signer
from adapters.postgres.seals import PostgresSeals
from billing_core.accounts.parking import BillingParked
from billing_core.party_changes import SellerChanges
from commands.parties import ChangeSeller
from tests.adapters.reports.asked import asked, only
from tests.adapters.reports.work_books import append, at, by, fill_store
from tests.operators import Operator, silent

MAY = {"from_": "2026-05-01", "to": "2026-06-01"}
TODAY = date(2026, 5, 20)


@pytest.fixture
def house(operator: Operator) -> Operator:
    """A seller in Prague, which is two hours ahead of UTC in May, with two customers."""
    operator.tell(ChangeSeller(code="north", changes=SellerChanges(time_zone="Europe/Prague")), today=date(2026, 1, 1))
    operator.subscribers(2)
    return operator


def test_long_work_is_counted_on_the_day_of_the_house_on_which_it_was_asked_for(house: Operator):
    """Two are done, after 60 and 90 seconds; the one that failed was asked for at half past midnight on the 6th."""
    fill_store(house)

    rows = asked(house, "jobs-by-state", TODAY, **MAY)

    assert only(rows, "kind", "state", "jobs", "dry_runs", "waited_most", "seconds_average", "seconds_most") == [
        ("bill", "done", 2, 1, 15, Decimal("75.0"), 90), ("bill", "failed", 1, 0, 0, Decimal("1.0"), 1),
    ]  # fmt: skip
    on_the_fifth = asked(house, "jobs", TODAY, from_="2026-05-05", to="2026-05-06")
    assert only(on_the_fifth, "state", "is_dry_run") == [("done", True)]
    (failed,) = asked(house, "jobs", TODAY, from_="2026-05-06", to="2026-05-07")
    assert failed["code"] == "no-business-date"


def test_what_was_not_delivered_and_what_was_refused_is_counted_by_its_state(house: Operator):
    fill_store(house)

    undelivered = asked(house, "undelivered-by-follower", TODAY)
    assert only(undelivered, "follower", "state", "deliveries", "attempts") == [
        ("kafka", "waiting", 1, 2), ("webhooks", "dead", 2, 16),
    ]  # fmt: skip
    refused = asked(house, "refused-reactions-by-kind", TODAY, **MAY)
    assert only(refused, "name", "refused", "open", "applied", "overruled", "oldest_at") == [
        ("pay-promise", 2, 1, 1, 0, at("05-04 08:00")), ("step-limit", 1, 0, 0, 1, None),
    ]  # fmt: skip


def test_a_dunning_run_is_listed_with_all_its_steps(house: Operator):
    fill_store(house)

    (run,) = asked(house, "dunning-runs", TODAY, **MAY)

    figures = ("run_on", "accounts", "steps", "suspended", "returned", "parked", "actor")
    assert only([run], *figures) == [(date(2026, 5, 4), 7, 4, 1, 2, 0, "night")]


def test_parked_accounts_are_counted_by_reason_and_age(house: Operator):
    """One is parked since 1 May, 19 days; the other one since yesterday."""
    for account, on, code in (("A0001", "05-01", "no-price"), ("A0002", "05-19", "no-price")):
        moment = f"{on} 08:00"
        parked = BillingParked(effective_on=at(moment).date(), code=code, reason="is missing", subscription="main")
        append(house, f"account/{account}", by("night", moment), parked)

    rows = asked(house, "parked-by-reason", TODAY)

    assert [tuple(row.values()) for row in rows] == [("no-price", 2, 1, 0, 1, 0, date(2026, 5, 1))]
    assert only(asked(house, "parked", TODAY), "account", "subscription", "days") == [
        ("A0001", "main", 19), ("A0002", "main", 1),
    ]  # fmt: skip


def test_a_reader_of_the_log_is_behind_by_the_positions_that_it_has_not_seen(house: Operator):
    house.application.runner.catch_up()
    newest, before = (
        house.select("SELECT position FROM billing.events ORDER BY position DESC LIMIT 2")[place][0] for place in (0, 1)
    )
    house.execute("INSERT INTO billing.followers VALUES ('webhooks', %s)", before)

    readers = {(row["kind"], row["name"]): row for row in asked(house, "lag-of-readers", TODAY)}

    assert readers["follower", "webhooks"]["positions_behind"] == newest - before
    assert readers["follower", "webhooks"]["next_at"] is not None
    assert (readers["read model", "tickets"]["positions_behind"], readers["read model", "tickets"]["next_at"]) == (
        0,
        None,
    )
    assert {row["kind"] for row in asked(house, "lag-of-readers", TODAY, kind="follower")} == {"follower"}


def test_seals_are_listed_with_the_positions_that_they_prove(house: Operator, tmp_path: Path):
    application = house.application
    seals = PostgresSeals(application.datastore, application.log, application.tables, 5)
    create_keys(tmp_path / "key")
    made = list(seals.seal(load_signer(tmp_path / "key"), False, silent))
    today = datetime.now(UTC).date()

    rows = asked(
        house, "seals-of-the-log", today, from_=str(today - timedelta(days=2)), to=str(today + timedelta(days=2))
    )

    assert only(rows[::-1], "seal", "first_position", "last_position", "sealed_at") == [
        (seal.number, seal.first, seal.last, seal.sealed_at) for seal in made
    ]
    assert made


def test_every_table_of_the_log_and_of_the_read_models_has_its_size(house: Operator):
    sizes = {(row["schema"], row["table_name"]): row for row in asked(house, "sizes-of-tables", TODAY)}

    (in_all,) = house.select("SELECT pg_total_relation_size('billing.events')")[0]
    assert sizes["billing", "events"]["total_bytes"] == in_all
    assert {("live", "tickets"), ("billing", "jobs"), ("live", "customers")} <= sizes.keys()


def test_a_stretch_of_the_log_grows_the_month_in_which_it_began(house: Operator):
    """Positions in three stretches of a thousand: one of April, and two that began in May."""
    house.application.runner.catch_up()
    house.execute("DELETE FROM live.times_of_log")
    for stretch, first, last in ((0, "04-10 08:00", "05-01 08:00"), (1, "05-01 08:00", "05-09 08:00"),
                                 (2, "05-09 08:00", "05-31 22:30")):  # fmt: skip
        house.execute("INSERT INTO live.times_of_log VALUES (%s, %s, %s)", stretch, at(first), at(last))

    rows = asked(house, "growth-of-the-log", date(2026, 6, 20))

    assert [tuple(row.values()) for row in rows] == [
        (date(2026, 4, 1), 1, 0, 1000, None), (date(2026, 5, 1), 2, 1000, 3000, Decimal("1.0000")),
    ]  # fmt: skip

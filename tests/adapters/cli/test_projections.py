"""Read models as whoever looks after them sees them: how far they are, and what has to be built again."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from adapters.bootstrap.registry import PROJECTIONS
from tests.adapters.cli.conftest import Billing
from tests.waiting import eventually

NAMES = [each.name for each in PROJECTIONS]


def projections(billing: Billing) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = billing("projections", "--json").json["projections"]
    return found


def test_read_models_that_show_everything_are_not_behind(billed: Billing):
    ((last,),) = billed.select("SELECT max(position) FROM billing.events")
    found = projections(billed)
    assert [model["name"] for model in found] == NAMES
    for model in found:
        assert model["position"] >= last
        assert (model["lag_events"], model["lag_seconds"], model["is_outdated"]) == (0, 0, False)


def test_what_is_not_shown_yet_is_counted_with_the_age_of_its_oldest(billed: Billing):
    before = projections(billed)[0]["position"]
    for number in ("7", "8", "9"):
        assert billed("do", "register-customer", f"number={number}", "name=New").code == 0
    billed.execute(
        f"""UPDATE billing.events SET recorded_at = recorded_at - interval '1 hour'
            WHERE position = (SELECT min(position) FROM billing.events WHERE position > {before})"""
    )
    billed.execute("UPDATE billing.checkpoints SET position = position + 1000 WHERE projection = 'audit'")

    found = {model["name"]: model for model in projections(billed)}

    assert found["customers"]["position"] == before  # asking does not bring them up to date
    assert found["customers"]["lag_events"] == 3 and 3600 <= found["customers"]["lag_seconds"] < 3700
    assert (found["audit"]["lag_events"], found["audit"]["lag_seconds"]) == (0, 0)
    shown = billed("projections")
    assert any("customers" in line and " 3 " in line for line in shown.output.splitlines())


def test_who_keeps_events_from_being_shown_is_named(billed: Billing):
    def log() -> dict[str, Any]:
        found: dict[str, Any] = billed("projections", "--json").json["log"]
        return found

    ((last,),) = billed.select("SELECT max(position) FROM billing.events")
    eventually(lambda: log() == {"newest_position": last, "final_position": last, "holder": None})
    with psycopg.connect(billed.database_url, application_name="report") as foreign:
        foreign.execute("SELECT pg_current_xact_id()")
        pid = foreign.info.backend_pid
        assert billed("do", "register-customer", "number=7", "name=New").code == 0

        eventually(lambda: log()["holder"]["pid"] == pid)
        held = log()
        assert (held["final_position"], held["newest_position"]) == (last, last + 1)
        assert held["holder"]["application"] == "report"
        eventually(
            lambda: (
                f"Positions {last + 1:,} to {last + 1:,} cannot be shown yet: process {pid} "
                in billed("projections").output
            )
        )
    eventually(lambda: "cannot be shown" not in billed("projections").output)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("UPDATE billing.checkpoints SET version = 0 WHERE projection IN ('payments', 'balances')", "by version 0"),
        ("DELETE FROM billing.checkpoints WHERE projection IN ('payments', 'balances')", "never built"),
    ],
)
def test_only_those_of_another_version_are_built_again(billed: Billing, damage: str, told: str):
    statement = """SELECT relname, oid FROM pg_class
                   WHERE relnamespace = 'live'::regnamespace AND relkind = 'r' ORDER BY 1"""
    before, shown = dict(billed.select(statement)), billed("customers", "--json").json
    billed.execute(damage)
    outdated = [model["name"] for model in projections(billed) if model["is_outdated"]]
    assert outdated == ["balances", "payments"]
    assert told in billed("projections").output
    assert "rebuild --changed" in billed("customers").complaint

    assert billed("rebuild", "--changed", "--json").json["rebuilt"] == outdated

    after = dict(billed.select(statement))
    assert {name for name in after if after[name] != before[name]} == {
        "accounts", "payments", "payment_sums", "allocations", "credit_adjustments",
    }  # fmt: skip
    assert billed("customers", "--json").json == shown
    assert not any(model["is_outdated"] for model in projections(billed))
    assert billed("check").code == 0


def test_where_nothing_changed_nothing_is_built(billed: Billing):
    assert billed("rebuild", "--changed", "--json").json == {"rebuilt": [], "position": None}
    assert "Nothing to rebuild" in billed("rebuild", "--changed").output


def test_a_read_model_that_a_new_version_brings_is_built_by_the_rebuild(billed: Billing):
    """Setting the database up again must not put empty tables beside those that are far ahead."""
    billed.execute("DROP TABLE live.payments, live.allocations CASCADE")
    billed.execute("DELETE FROM billing.checkpoints WHERE projection = 'payments'")
    assert "Now run `billing rebuild --changed` to build payments." in billed("init").output
    assert billed("init", "--json").json == {"applied": [], "event_types": [], "outdated": ["payments"]}
    assert "'payments'" in billed("customers").complaint

    assert billed("rebuild", "--changed", "--json").json["rebuilt"] == ["payments"]

    assert billed("check").code == 0

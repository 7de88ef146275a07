"""A rebuild that is killed leaves the read models as they were, and is started again as if nothing had happened."""

from __future__ import annotations

import psycopg
import pytest

from tests.adapters.cli.conftest import Billing
from tests.waiting import eventually

CONTENTS = "SELECT number, balance::text FROM live.accounts ORDER BY 1"
IDENTITY = "SELECT 'live.accounts'::regclass::oid"


@pytest.mark.parametrize(
    ("table", "mode"),
    [
        pytest.param("billing.events", "ACCESS EXCLUSIVE", id="before the first page is read"),
        pytest.param("live.accounts", "ACCESS SHARE", id="in the switch"),
    ],
)
def test_a_rebuild_that_is_killed_is_started_again(billed: Billing, table: str, mode: str):
    before, identity = billed.select(CONTENTS), billed.select(IDENTITY)
    with psycopg.connect(billed.database_url) as blocking:
        blocking.execute(f"LOCK TABLE {table} IN {mode} MODE".encode())
        rebuilding = billed.start("rebuild")
        eventually(lambda: billed.select("SELECT FROM pg_locks WHERE locktype = 'relation' AND NOT granted"))
        rebuilding.kill()
        rebuilding.communicate()
        assert billed.select("SELECT FROM pg_namespace WHERE nspname = 'rebuilding'")
        blocking.rollback()
    assert (billed.select(CONTENTS), billed.select(IDENTITY)) == (before, identity)

    again = billed("rebuild")

    assert again.code == 0 and "Rebuild: " in again.errors and "events in" in again.errors
    assert billed.select(CONTENTS) == before and billed.select(IDENTITY) != identity
    assert not billed.select("SELECT FROM pg_namespace WHERE nspname = 'rebuilding'")
    assert billed("check").code == 0

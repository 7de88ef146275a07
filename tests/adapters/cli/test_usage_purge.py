"""Old rows of usage are purged with a proof; reports go on with their sums, and the archive answers for the rows."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.adapters.cli.conftest import PROFILE, Billing
from tests.adapters.cli.right_clock import with_right_clock
from tests.projections.usage.rows import NOW, call, session, write_rows

YEAR = ("--by", "network", "--every", "month", "--from", "2026-01-01", "--to", "2027-01-01", "--json")
ONE = {"account": "1"}
IN_PRAGUE = PROFILE.replace("    iban:", "    time_zone: Europe/Prague\n    iban:")
# Mediation refuses it; somebody wrote it to the table.
LATE_ROW = """
    CREATE TABLE billing.usage_rows_2026_03 PARTITION OF billing.usage_rows
        FOR VALUES FROM ('2026-03-01 00:00:00+00') TO ('2026-04-01 00:00:00+00');
    INSERT INTO billing.usage_rows VALUES ('2026-03-11 09:00+00', '2026-03-11', 'pbx', 'k', 'late', 1, 'call', '1/main',
        '1', 'main', 'calls', '', 'trunk1', '', 'out', 0, 0, 0, 0);
"""


@pytest.fixture
def spring(billing: Billing) -> Billing:
    """Usage of March, April and May 2026 in two batches; of the records of March in UTC one is of April in Prague."""
    assert billing.bring_in(profile=IN_PRAGUE).code == 0
    rows = [
        call("2026-03-10T10:00+01:00", 60, **ONE), call("2026-04-01T00:30+02:00", 30, **ONE),
        session("2026-04-20T09:00+02:00", 7_000, 500, number='a "title",\nin two lines', **ONE),
        session("2026-05-20T10:00+02:00", 1_000, 100, **ONE),
    ]  # fmt: skip
    write_rows(billing.database_url, rows[:2], batch="b1")
    write_rows(billing.database_url, rows[2:], batch="b2")
    return with_right_clock(billing)


def test_rows_are_purged_by_months_and_reports_stay_the_same(spring: Billing, tmp_path: Path):
    before = spring("usage", "traffic", *YEAR).json["items"]
    assert len(before) == 4
    archive = tmp_path / "archive"
    with spring.nothing_written():
        rehearsed = spring("usage", "purge", "--before", "2026-05", "--dry-run", "--json")
    assert [(each["month"], each["rows"]) for each in rehearsed.json["months"]] == [("2026-03", 2), ("2026-04", 1)]

    with spring.nothing_written():
        unconfirmed = spring("usage", "purge", "--before", "2026-05", BILLING_USAGE_ARCHIVE=str(archive))
    assert unconfirmed.code == 1 and "--yes" in unconfirmed.errors and not archive.exists()
    done = spring("usage", "purge", "--before", "2026-05", "--yes", "--json", BILLING_USAGE_ARCHIVE=str(archive))

    assert [(each["month"], each["rows"]) for each in done.json["months"]] == [("2026-03", 2), ("2026-04", 1)]
    assert spring.select("SELECT key FROM billing.usage_rows") == [("b2-2",)]
    assert spring("usage", "traffic", *YEAR).json["items"] == before
    archived = spring("usage", "traffic", "--archive", *YEAR, BILLING_USAGE_ARCHIVE=str(archive)).json["items"]
    assert archived == before[:3]
    assert spring("check").code == 0
    months = spring("usage", "months", "--json").json["months"]
    assert [(each["month"], each["rows"], bool(each["purged_on"])) for each in months] == [
        ("2026-03", 2, True), ("2026-04", 1, True), ("2026-05", 1, False),
    ]  # fmt: skip
    assert "rows of 2026-03 purged: 2 rows of 1 batch" in " ".join(spring("audit").output.split())
    file = archive / "usage-2026-04.parquet"
    assert sha256(file.read_bytes()).hexdigest() == months[1]["archive_hash"]
    (row,) = pq.read_table(file).to_pylist()
    assert (row["started_at"].isoformat(), row["number"], row["network"], row["session"], row["bytes_in"]) == (
        "2026-04-20T07:00:00+00:00", 'a "title",\nin two lines', "nas1", "s1", 7_000,
    )  # fmt: skip
    assert "No rows of usage are kept" in spring("usage", "purge", "--before", "2026-05", "--yes").output


def test_a_month_whose_sums_are_not_those_of_its_rows_stays(spring: Billing):
    spring.execute("UPDATE billing.usage_sums_added SET seconds = seconds + 1 WHERE network = 'trunk1'")

    refused = spring("usage", "purge", "--before", "2026-04", "--yes")

    assert "its sums are not those of its rows" in refused.complaint
    assert spring.select("SELECT count(*) FROM billing.usage_rows") == [(4,)]


def test_a_changed_sum_or_a_row_of_a_purged_month_is_found(spring: Billing):
    assert spring("usage", "purge", "--before", "2026-05", "--yes").code == 0
    spring.execute("UPDATE billing.usage_sums_added SET bytes_in = bytes_in + 1 WHERE used_on = '2026-04-20'")
    spring.execute(LATE_ROW)

    findings = {each["invariant"]: each["offenders"] for each in spring("check", "--json").json["findings"]}

    assert findings["the sums of a purged month are those that its rows had"] == ["2026-04"]
    assert findings["no rows are kept of a purged month"] == ["2026-03"]


def test_the_worker_purges_what_is_not_kept_any_longer(spring: Billing):
    started = spring("timed-work", "start", "usage-purge", BILLING_USAGE_MONTHS_KEPT="2")

    assert "3 months purged; 2026-03, 2 rows; 2026-04, 1 row; 2026-05, 1 row" in started.output
    assert spring("check").code == 0


def test_records_of_a_purged_month_are_refused_and_wait(spring: Billing):
    """The switch sends a record of March again; whether it is repeated is known no longer."""
    assert spring("usage", "purge", "--before", "2026-04", "--yes").code == 0
    late = call("2026-03-10T10:00+01:00", 60, **ONE)

    with pytest.raises(AssertionError):
        write_rows(spring.database_url, [late], batch="again", at=NOW + timedelta(hours=1))

    assert spring.select("SELECT count(*) FROM billing.usage_rows") == [(2,)]
    (waiting,) = spring("usage", "waiting", "--json").json["waiting"]
    assert (waiting["field"], waiting["reason"]) == ("started_at", "is of a month whose records were purged")
    assert spring("check").code == 0

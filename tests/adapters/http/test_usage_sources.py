"""Usage over HTTP: records that another program sends, and files as jobs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.files.profile_files import shipped_text
from adapters.files.usage_profile import UsageProfile
from tests.adapters.http.conftest import Api
from tests.adapters.http.test_job_kinds import CSV, done
from tests.commands.services.conftest import Story, fee, tariff, usage
from tests.operators import Operator

# A record of long ago is taken for one of a wrong clock.
STARTED_AT = (datetime.now(UTC) - timedelta(days=1)).replace(microsecond=0)
RECORD = {
    "key": "k1", "kind": "call", "subscriber": "A0001/main", "component": "data", "seconds": 85, "number": "112",
    "started_at": STARTED_AT.isoformat(), "direction": "out",
}  # fmt: skip
VOLUMES = f"""start,length,subscriber,nas,bytes_in,bytes_out
{int(STARTED_AT.timestamp())},300,A0001/main,bras-1,10737418240,524288000
{int(STARTED_AT.timestamp())},-300,A0001/main,bras-1,0,0
"""


@pytest.fixture
def home(operator: Operator) -> Operator:
    """An account with data."""
    story = Story(operator)
    story.publish(tariff("home", fee("1.00"), usage("data", "0.50")))
    story.subscriber("A0001", "home", "2026-04-01")
    operator.application.runner.catch_up()
    return operator


def sent(api: Api, *records: dict[str, Any]) -> dict[str, Any]:
    answer = api.post("/usage-records", {"source": "app", "records": list(records)})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["result"]
    return {name: found[name] for name in ("taken", "repeated", "refused", "refusals")}


def test_records_are_taken_once_and_a_bad_one_is_refused_alone(admin: Api, home: Operator):
    bad = {**RECORD, "key": "k2", "seconds": "-5"}

    assert sent(admin, RECORD, bad) == {
        "taken": 1, "repeated": 0, "refused": 1,
        "refusals": [{"record": 2, "key": "k2", "field": "seconds", "value": "-5", "reason": "is negative"}],
    }  # fmt: skip
    assert sent(admin, RECORD) == {"taken": 0, "repeated": 1, "refused": 0, "refusals": []}
    changed = sent(admin, {**RECORD, "seconds": 86})
    assert (changed["taken"], changed["refused"]) == (0, 1)


def test_nothing_and_too_much_at_once_are_refused(admin: Api):
    assert admin.post("/usage-records", {"source": "app", "records": []}).status_code == 422
    assert admin.post("/usage-records", {"source": "app"}).status_code == 422
    assert admin.post("/usage-records", {"source": "app", "records": [{"number": "1"}] * 10_001}).status_code == 422
    assert admin.post("/usage-records", {"source": "app", "records": [{"colour": "red"}]}).status_code == 422


def test_a_file_is_imported_by_a_profile_that_comes_with_the_program_or_is_sent(admin: Api, home: Operator):
    path = "/jobs/import-usage?source=probe&batch={}&profile={}"

    shown = done(admin, home, f"{path.format('1.csv', 'volume-counters')}&dry_run=true", VOLUMES, CSV)
    assert home.select("SELECT count(*) FROM billing.usage_rows") == [(0,)]
    report = done(admin, home, path.format("1.csv", "volume-counters"), VOLUMES, CSV)
    again = done(admin, home, path.format("1.csv", "volume-counters"), VOLUMES, CSV)
    text = shipped_text(UsageProfile, "volume-counters").replace("name: volume-counters", "name: own")
    job = admin.send_bytes(
        "/jobs/import-usage", (VOLUMES + "\n").encode(), CSV, source="probe", batch="2.csv", profile=text
    )
    home.application.runner.catch_up()

    assert (shown["taken"], shown["refusals"][0]["reason"]) == (1, "is negative")
    assert (report["accepted"], [row["reason"] for row in report["rejected"]]) == (1, ["is negative"])
    assert (again["accepted"], again["unchanged"]) == (0, 1)
    assert job.status_code == 202
    assert home.select("SELECT batch, bytes_in FROM billing.usage_rows") == [("1.csv", 10_737_418_240)]
    assert admin.send_bytes("/jobs/import-usage", b"x", CSV, batch="3", profile="/etc/passwd").status_code == 422


def test_profiles_are_listed_with_their_texts(admin: Api):
    items = admin.get("/usage-profiles").json()["items"]
    (asterisk,) = [each for each in items if each["name"] == "asterisk"]

    assert asterisk["form"] == "csv"
    assert asterisk["text"] == shipped_text(UsageProfile, "asterisk")

"""A month's usage of an account on one page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from commands.usage.mediation import IncomingBatch
from tests.adapters.cli.conftest import PROFILE, Billing
from tests.adapters.cli.right_clock import with_right_clock
from tests.commands.usage.rows import chunk, origin
from tests.operators import application_on
from tests.projections.usage.rows import NOW, call, session, write_rows

IN_PRAGUE = PROFILE.replace("    iban:", "    time_zone: Europe/Prague\n    iban:")
ONE = {"account": "1"}


def month_of_calls() -> list[dict[str, Any]]:
    """1,000 calls of a minute in October, 32 or 33 a day."""
    begun = datetime(2026, 10, 1, 8, tzinfo=UTC)
    instants = (begun + timedelta(days=number % 31, minutes=number // 31) for number in range(1_000))
    return [
        {"line": number, "key": f"c{number}", **call(at.isoformat(), 60, **ONE)} for number, at in enumerate(instants)
    ]


def test_a_month_with_late_repeated_and_broken_records_is_explained_on_one_page(billing: Billing, tmp_path: Path):
    """Of 1,000 calls ten come when the month is over, ten come twice; one more is broken."""
    assert billing.bring_in(profile=IN_PRAGUE).code == 0
    calls = month_of_calls()
    in_time, late = [*calls[10:], *calls[20:30], calls[40] | {"key": "broken", "seconds": -60}], calls[:10]
    with application_on(billing.database_url) as application:
        mediation = application.usage_mediation()
        for batch, rows, at in (("october", in_time, datetime(2026, 10, 31, 20, tzinfo=UTC)), ("late", late, NOW)):
            numbered = [row | {"line": line} for line, row in enumerate(rows, 1)]
            received = mediation.receive(IncomingBatch("pbx", batch), [chunk(numbered)], origin(at))
            assert received[1:4] == ((990, 10, 1) if batch == "october" else (10, 0, 0))
        application.runner.catch_up()
    seen, page = with_right_clock(billing), tmp_path / "usage.pdf"

    explained = seen("usage", "explain", "1", "--month", "2026-10", "--pdf", str(page), "--json").json

    (used,) = explained["services"]
    assert (used["records"], used["seconds"], len(used["days"]), explained["late"]) == (1_000, 60_000, 31, 10)
    (sheet,) = PdfReader(BytesIO(page.read_bytes())).pages
    text = sheet.extract_text()
    for said in ("10 records came when the month was over", "1,000", "16:40:00", "Saturday, 31 October 2026"):
        assert said in text
    (waiting,) = seen("usage", "waiting", "--json").json["waiting"]
    assert (waiting["key"], waiting["field"], waiting["value"]) == ("broken", "seconds", "-60")


@pytest.fixture
def october(billing: Billing) -> Billing:
    """Two calls, 60 s and 3,600 s, on two days of October in Prague, and 7.5 MB; one call is of November there.

    The second call comes in November.
    """
    assert billing.bring_in(profile=IN_PRAGUE).code == 0
    rows = [
        call("2026-10-01T00:10+02:00", 60, **ONE), session("2026-10-01T09:00+02:00", 7_000_000, 500_000, **ONE),
        call("2026-11-01T00:10+01:00", 5, **ONE),
    ]  # fmt: skip
    write_rows(billing.database_url, rows, at=datetime(2026, 10, 31, 12, tzinfo=UTC))
    write_rows(billing.database_url, [call("2026-10-20T09:00+02:00", 3_600, **ONE)], batch="late")
    return with_right_clock(billing)


def test_a_month_is_explained_by_service_and_day_on_screen_and_on_paper(october: Billing, tmp_path: Path):
    page = tmp_path / "usage.pdf"
    explained = october("usage", "explain", "1", "--month", "2026-10", "--pdf", str(page), "--json").json

    calls, data = explained["services"]
    assert (calls["component"], calls["records"], calls["seconds"]) == ("calls", 2, 3_660)
    assert [(day["on"], day["seconds"]) for day in calls["days"]] == [("2026-10-01", 60), ("2026-10-20", 3_600)]
    assert (data["component"], data["bytes_in"], data["bytes_out"]) == ("data", 7_000_000, 500_000)
    assert explained["late"] == 1

    (sheet,) = PdfReader(BytesIO(page.read_bytes())).pages
    text = sheet.extract_text()
    for said in ("Usage of account 1: October 2026", "1:01:00", "7.0 MB down, 0.5 MB up", "Tuesday, 20 October 2026",
                 "1 record came when the month was over"):  # fmt: skip
        assert said in text
    assert "November" not in text


def test_what_was_used_is_shown_in_a_table_and_nothing_in_a_sentence(october: Billing):
    shown = october("usage", "explain", "1", "--month", "2026-10").output.splitlines()

    assert shown[1].split() == ["main,", "calls", "2", "3,660", "0", "0", "0"]
    assert "used nothing in 2026-08" in october("usage", "explain", "1", "--month", "2026-08").output
    assert "no such account" in october("usage", "explain", "9", "--month", "2026-08").complaint
    assert "not a month" in october("usage", "explain", "1", "--month", "October").complaint

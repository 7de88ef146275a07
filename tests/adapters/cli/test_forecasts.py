"""The forecast of revenue at the command line."""

from __future__ import annotations

from tests.adapters.cli.conftest import Billing


def test_a_forecast_is_made_kept_and_asked_as_a_report(billed: Billing):
    """Three subscribers of 20.00, 30.00 and 40.00 a month: this month brings what was not billed since April, and the
    next one 90.00.
    """
    asked = ("reports", "forecast", "--months", "2")
    months = billed(*asked, "--dry-run", "--json").json["forecast"]["months"]
    assert len(months) == 2
    assert months[max(months)]["EUR"] == {"amount": "90.00", "currency": "EUR"}
    assert billed("report", "revenue-forecasts", "--json").json["rows"] == []
    made = billed(*asked)
    assert max(months)[:7] in made.output and "90.00" in made.output
    rows = billed("report", "revenue-forecast", "--json").json["rows"]
    assert [row[0] for row in rows] == sorted(months)
    assert "must be 1 to 12" in billed("reports", "forecast", "--months", "13").complaint
    assert billed("check").code == 0

"""Quotas, grants, alarms and the lag of usage on the command line, from a catalogue file on."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.adapters.cli.conftest import Billing

TARIFF = """
tariffs:
  - code: surf
    name: Surf
    currency: EUR
    components:
      - code: data
        name: Data
        kind: usage
        vat: 20
        price: 0.10
        model: unit
        quota:
          unit: GB
          counted_in: MB
          steps:
            - {after: 50, action: slow, parameters: {speed: 2 Mbit/s}}
            - {after: 60, action: suspend}
          top_ups:
            - {code: five, name: 5 GB more, units: 5, price: 4.00}
"""
SERVICE = ("account=1", "subscription=surf")


def test_a_quota_of_a_file_is_used_up_topped_up_and_shown(opened: Billing):
    assert opened("catalogue", "import", opened.file("surf.yaml", TARIFF)).code == 0
    assert "speed: 2 Mbit/s" in opened("catalogue", "show", "surf").output
    today = datetime.now(UTC).date()
    assert opened("do", "activate-subscription", *SERVICE, "tariff=surf", f"on={today.replace(day=1)}").code == 0
    assert "No alarm was raised." in opened("usage", "alarms").output
    assert opened("do", "record-usage", *SERVICE, "component=data", "quantity=50500").code == 0
    assert opened("do", "review-usage", *SERVICE).code == 0

    (quota,) = opened("usage", "quota", "1", "--json").json["now"]
    assert (quota["used"], quota["full_up_to"], quota["action"], quota["next_after"]) == ("50.5", "50", "slow", "60")
    assert [row["share"] for row in opened("usage", "alarms", "--json").json["alarms"]] == [50, 80, 100]
    assert opened("do", "top-up-quota", *SERVICE, "component=data", "top_up=five").code == 0

    shown = " ".join(opened("usage", "quota", "1", "surf").output.split())
    assert "50.5 GB" in shown and "55" in shown and "full" in shown
    assert opened("do", "record-usage", *SERVICE, "component=data", "quantity=9500").code == 0
    assert opened("do", "review-usage", *SERVICE).code == 0
    assert "quota of surf/data: slower until" in " ".join(opened("account", "show", "1").output.split())
    told = " ".join(opened("audit", "--customer", "1").output.split())
    assert "step 1 of the quota: slower (speed 2 Mbit/s)" in told
    assert "top-up five of data: 5 units for 4.00 EUR" in told
    assert opened("check").code == 0


def test_a_grant_is_reserved_confirmed_and_listed(opened: Billing):
    opened("catalogue", "import", opened.file("surf.yaml", TARIFF))
    opened("do", "activate-subscription", *SERVICE, "tariff=surf", "on=2026-03-01")
    limits = opened("do", "set-usage-limits", "account=1", "limits.credit=1.20", "limits.monthly_amount=20.00")
    assert limits.code == 0, limits.errors
    assert "No grant is open." in opened("usage", "grants").output

    asked = ("do", "reserve-usage", *SERVICE, "component=data", "grant=s1", "units=100", "--json")
    granted = opened(*asked).json["result"]
    assert (granted["units"], granted["is_final"]) == ("10", True)
    assert opened(*asked).json["result"] == granted
    confirm = ("do", "confirm-usage-grant", "account=1", "grant=s1")
    assert opened(*confirm, "part=1", "units=4").code == 0

    (listed,) = opened("usage", "grants", "--json").json["grants"]
    assert (listed["grant"], listed["used"], listed["used_amount"]["amount"]) == ("s1", "4", "0.48")
    assert "s1" in opened("usage", "grants", "--account", "1").output
    assert "1.20 EUR reserved for use, 1 open grant" in " ".join(opened("account", "show", "1").output.split())
    assert opened("account", "show", "1", "--json").json["reserved_for_use"]["amount"] == "1.20"
    assert opened("do", "release-usage-grant", "account=1", "grant=s1").code == 0
    assert "released" in opened("usage", "grants", "--all").output
    told = " ".join(opened("audit", "--customer", "1").output.split())
    assert "10 of data granted, the last ones of 100 that were asked for, 1.20 EUR reserved until" in told
    assert opened("check").code == 0


def test_the_lag_is_shown_without_any_record(opened: Billing):
    assert "No record began in the last 24 hours." in opened("usage", "lag").output
    assert opened("usage", "lag", "--json").json == {"lags": [], "late": []}

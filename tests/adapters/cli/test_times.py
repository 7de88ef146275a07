"""Instants are shown and read in the time zone of the seller whose business they are about."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from tests.adapters.cli.conftest import Billing

AUCKLAND, PRAGUE = "Pacific/Auckland", "Europe/Prague"


def move_seller(billing: Billing, zone: str) -> None:
    """The seller is in another zone from now on."""
    details = ["name=North Cable", "address.city=Riverside", "address.country=LV"]
    assert billing("do", "change-seller", "code=north", *details, f"time_zone={zone}").code == 0


def test_the_audit_shows_when_in_the_sellers_zone(opened: Billing):
    move_seller(opened, AUCKLAND)

    (newest,) = opened("audit", "--limit", "1", "--json").json["changes"]
    shown = opened("audit", "--limit", "1").output

    local = datetime.fromisoformat(newest["recorded_at"]).astimezone(ZoneInfo(AUCKLAND))
    assert f"recorded ({AUCKLAND})" in shown and f"{local:%Y-%m-%d %H:%M:%S}" in shown


def test_if_the_sellers_are_in_several_zones_each_time_has_that_of_its_account_and_its_offset(opened: Billing):
    move_seller(opened, AUCKLAND)
    series = ["series.invoice.prefix=7", "series.invoice.width=4", "series.credit-note.prefix=8",
              "series.credit-note.width=4"]  # fmt: skip
    south = ["code=south", "name=South", "address.city=Brno", f"time_zone={PRAGUE}", *series]
    assert opened("do", "register-seller", *south).code == 0

    about_the_account = opened("audit", "--customer", "1", "--limit", "1").output
    newest, *_ = opened("audit", "--customer", "1", "--json").json["changes"]

    local = datetime.fromisoformat(newest["recorded_at"]).astimezone(ZoneInfo(AUCKLAND))
    assert newest["stream"] == "account/1" and f"{local:%Y-%m-%d %H:%M:%S %z}" in about_the_account


def test_a_local_time_that_is_not_one_instant_must_name_its_offset(opened: Billing):
    move_seller(opened, PRAGUE)

    refused = opened("asof", "autumn", "--recorded", "2026-10-25T02:30")

    assert refused.code == 2 and "clocks change; write its offset" in refused.complaint
    built = opened("asof", "autumn", "--recorded", "2026-10-25T02:30+01:00", "--json")
    assert (built.code, built.json["value"]) == (0, "2026-10-25T02:30:00+01:00")

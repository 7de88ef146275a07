"""Calls of a switch on the command line: a profile tried, a file imported once, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import yaml

from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import UnitPrice
from billing_core.catalogue.tariffs import Tariff
from tests.adapters.cli.conftest import Billing

CALLS = Usage(code="calls", name="Calls", vat_rate=Decimal(20), pricing=UnitPrice(price=Decimal("0.50")))
HEAD = '"","{}","00420601222333","from-internal","","SIP/1-{:08x}","SIP/north-{:08x}","Dial","",'
TAIL = '"{on} 08:00:00","{on} 08:00:05","{on} 08:01:05",65,{},"{}","D","{}",""\n'
# A record of long ago is taken for one of a wrong clock.
FIRST_ON = datetime.now(UTC).date() - timedelta(days=20)


def call(key: int, caller: str = "420601111111", talked: int = 60, answered: str = "ANSWERED") -> str:
    return HEAD.format(caller, key, key) + TAIL.format(talked, answered, f"k{key}", on=FIRST_ON + timedelta(days=key))


FEW = call(1) + call(2) + call(3, answered="NO ANSWER") + call(4, talked=-5) + call(5, "420777000000") + call(1)


def phone(opened: Billing) -> None:
    """A subscription with calls and a number."""
    opened.publish(Tariff(code="phone", name="Phone", currency="EUR", components=(CALLS,)))
    activate = ("account=1", "subscription=phone", "tariff=phone", "on=2026-03-01")
    assert opened("do", "activate-subscription", *activate).code == 0
    number = ("account=1", "subscription=phone", "identifier=420601111111", "on=2026-03-01")
    assert opened("do", "assign-identifier", *number).code == 0


def test_a_profile_is_tried_on_a_file_without_a_database(billing: Billing):
    file = billing.file("calls-0017.csv", FEW)

    shown = billing("usage", "preview", file, "--profile", "asterisk-uniqueid").output
    found = billing("usage", "preview", file, "--profile", "asterisk-uniqueid", "--json", "--limit", "1").json

    assert "4 records would be taken, 1 refused, 1 passed over" in shown
    first_on, last_on = FIRST_ON + timedelta(days=1), FIRST_ON + timedelta(days=5)
    assert f"of 2 subscribers, from {first_on} 08:00:05 to {last_on} 08:00:05 UTC" in shown
    assert "is negative" in shown
    assert (found["taken"], found["refused"], found["passed_over"], found["subscribers"]) == (4, 1, 1, 2)
    assert found["reasons"] == {"seconds: is negative": 1}
    assert [(row["key"], row["seconds"]) for row in found["rows"]] == [("k1", 60)]
    assert [(sums["component"], sums["records"], sums["seconds"]) for sums in found["components"]] == [
        ("calls", 4, 240)
    ]


def test_a_file_is_imported_once_and_a_broken_one_not_at_all(opened: Billing):
    phone(opened)
    file = opened.file("calls-0017.csv", FEW)
    by = ("--profile", "asterisk-uniqueid", "--source", "switch")

    first = opened("import", "usage", file, *by, "--json")

    # Two calls are taken, one is repeated, one is negative, and one is of a number that nobody has.
    counts = ("accepted", "unchanged", "skipped", "more")
    assert [first.json[name] for name in counts] == [2, 1, 1, 0]
    assert [(row["line"], row["field"], row["value"]) for row in first.json["rejected"]] == [
        (4, "seconds", "-5"), (5, "subscriber", "420777000000"),
    ]  # fmt: skip
    with opened.nothing_written():
        again = opened("import", "usage", file, *by)
        assert "0 usage records imported, 3 known before, 2 rejected" in again.output
        broken = opened("import", "usage", opened.file("wrong.csv", "id;caller\n"), "--profile", "carrier-csv")
        assert broken.code == 1 and "names a column that the file does not have" in broken.errors
        empty = opened("import", "usage", opened.file("empty.csv", ""), *by)
        assert empty.code == 1 and "is empty" in empty.errors


def test_profiles_are_listed_and_shown_to_be_copied(billing: Billing):
    listed = billing("usage", "profiles", "--json").json
    text = billing("usage", "profiles", "asterisk").output

    assert ("freeswitch-json", "json") in [(each["name"], each["form"]) for each in listed]
    assert "asterisk" in billing("usage", "profiles").output
    assert yaml.safe_load(text)["name"] == "asterisk"
    own = billing.file("own.yaml", text.replace("zone: UTC", "zone: Asia/Tokyo"))
    calls = billing.file("Master.csv", call(1).replace(',"k1",""', ""))
    found = billing("usage", "preview", calls, "--profile", own, "--json").json
    assert found["first_at"].startswith(f"{FIRST_ON}T23:00:05")
    unknown = billing("usage", "profiles", "none")
    assert unknown.code == 1 and "no such profile" in unknown.errors


def test_what_a_profile_refused_is_taken_by_a_mended_one(opened: Billing):
    phone(opened)
    text = opened("usage", "profiles", "asterisk-uniqueid").output
    rule = "component: {rules: [{when: {dcontext: from-south}, value: calls}]}"
    narrow = opened.file("narrow.yaml", text.replace("component: {value: calls}", rule))
    mended = opened.file("mended.yaml", text.replace("component: {value: calls}", rule.replace("south", "internal")))
    file = opened.file("calls.csv", call(1) + call(2) + call(4, talked=-5))

    first = opened("import", "usage", file, "--profile", narrow, "--source", "switch", "--json").json
    with opened.nothing_written():
        left = opened("usage", "retry", "--json").json
    again = opened("usage", "retry", "--profile", mended, "--json").json

    assert (first["accepted"], [row["line"] for row in first["rejected"]]) == (0, [1, 2, 3])
    assert (left["taken"], left["waiting"]) == (0, 3)
    assert (again["taken"], again["waiting"]) == (2, 1)
    (waiting,) = opened("usage", "waiting", "--json").json["waiting"]
    assert (waiting["line"], waiting["reason"]) == (3, "is negative")

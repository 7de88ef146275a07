"""A batch of usage on the command line: taken in, told again, and shown on the account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from adapters.bootstrap.application import Application
from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import UnitPrice
from billing_core.catalogue.tariffs import Tariff
from commands.usage.mediation import IncomingBatch
from tests.adapters.cli.conftest import Billing
from tests.commands.usage.rows import chunk, origin, row

DATA = Usage(code="data", name="Data", vat_rate=Decimal(20), pricing=UnitPrice(price=Decimal("0.50")))
ROWS = """account,subscription,component,on,quantity,reference
1,mobile,data,2026-03-10,1.5,r1
1,mobile,data,2026-03-10,2.5,r2
1,mobile,data,2026-03-12,tea,r3
9,mobile,data,2026-03-10,1,r4
"""


def test_a_batch_of_usage_is_taken_in_once_and_charged(opened: Billing):
    """4 units at 0.50 are 2.00."""
    opened.publish(Tariff(code="mobile", name="Mobile", currency="EUR", components=(DATA,)))
    activate = ("account=1", "subscription=mobile", "tariff=mobile", "on=2026-03-01")
    assert opened("do", "activate-subscription", *activate).code == 0
    file = opened.file("usage.csv", ROWS)

    first = opened("import", "usage", file, "--source", "mediation", "--json")

    assert (first.code, first.json["accepted"], first.json["unchanged"]) == (1, 2, 0)
    assert [(row["line"], row["field"], row["value"]) for row in first.json["rejected"]] == [
        (4, "quantity", "tea"), (5, "subscriber", "9/mobile"),
    ]  # fmt: skip
    assert "mediation:usage.csv" in " ".join(opened("audit", "--customer", "1").output.split())
    with opened.nothing_written():
        again = opened("import", "usage", file, "--source", "mediation")
    assert "0 usage records imported, 2 known before, 2 rejected" in again.output
    changed = opened.file("usage.csv", ROWS.replace("1.5", "1.6"))
    refused = opened("import", "usage", changed, "--source", "mediation")
    assert refused.code == 1 and "batch 'usage.csv'" in refused.errors

    assert "No batch of usage is in progress." in opened("usage", "batches").output
    (listed,) = opened("usage", "batches", "--all", "--json").json["batches"]
    assert (listed["name"], listed["state"], listed["booked"]) == ("mediation:usage.csv", "booked", 2)
    assert listed["name"] in opened("usage", "batches", "--all").output

    assert opened("run", "--until", "2026-04-02").code == 0
    assert "used 4" in opened("account", "show", "1").output
    assert opened("check").code == 0


def test_sources_are_listed_and_what_waits_is_tried_again(opened: Billing):
    """The record waits for a number that nobody has, until it is assigned."""
    assert "No source has delivered usage yet." in opened("usage", "sources").output
    assert "No record of usage waits." in opened("usage", "waiting").output
    opened.publish(Tariff(code="mobile", name="Mobile", currency="EUR", components=(DATA,)))
    activate = ("account=1", "subscription=mobile", "tariff=mobile", "on=2026-03-01")
    assert opened("do", "activate-subscription", *activate).code == 0
    began = datetime.now(UTC) - timedelta(days=2)
    numbers = {1: "420601000001", 3: "420601000002"}
    rows = [row(line, f"c{line}", "01-01", number, started_at=began) for line, number in numbers.items()]
    deliver(opened.database_url, rows)

    assert "420601000001" in opened("usage", "waiting", "--limit", "1").output
    waiting = opened("usage", "waiting", "--after", "switch:calls.csv:1", "--json").json["waiting"]
    assert [(each["line"], each["field"]) for each in waiting] == [(3, "subscriber")]
    assign = ("account=1", "subscription=mobile", "identifier=420601000001", "on=2026-03-01")
    assert opened("do", "assign-identifier", *assign).code == 0

    assert "1 taken, 0 taken before, 1 still wait." in opened("usage", "retry", "--source", "switch").output

    (source,) = opened("usage", "sources", "--json").json["sources"]
    assert (source["taken"], source["waiting"], source["last_batch"]) == (1, 1, "calls.csv, again 1")
    assert "calls.csv, again 1" in " ".join(opened("usage", "sources").output.split())
    (listed,) = [each for each in opened("usage", "batches", "--all", "--json").json["batches"] if each["booked"]]
    assert listed["name"] == "switch:calls.csv, again 1"
    dismiss = ("source=switch", "batch=calls.csv", "reason=nobody's")
    assert opened("do", "dismiss-waiting-usage", *dismiss).code == 0
    assert opened("check").code == 0


def deliver(url: str, rows: list[dict[str, Any]]) -> None:
    """A file of calls as a source delivers it."""
    application = Application(url)
    application.usage_mediation().receive(
        IncomingBatch("switch", "calls.csv"), [chunk(rows)], origin(datetime.now(UTC))
    )
    application.runner.catch_up()
    application.close()

"""Sources of usage and the records of theirs that wait, over HTTP."""

from __future__ import annotations

from commands.usage.identifiers import AssignIdentifier
from tests.adapters.http.conftest import Api
from tests.commands.usage.rows import day, receive, row
from tests.operators import Operator


def test_what_a_source_delivered_and_what_of_it_waits_is_listed_tried_again_and_dismissed(
    admin: Api, operator: Operator
):
    operator.subscriber("A0001")
    rows = [row(2, "c1", "05-10 08:00"), *(row(line, f"c{line}", "05-10 08:00", "4206") for line in (3, 4))]
    receive(operator, "2026/05:1", rows)
    operator.application.runner.catch_up()

    (source,) = admin.get("/usage-sources").json()["items"]
    assert (source["source"], source["taken"], source["refused"], source["waiting"]) == ("switch", 1, 2, 2)
    page = admin.get("/waiting-usage", source="switch", limit=1).json()
    assert [(item["batch"], item["line"], item["value"]) for item in page["items"]] == [("2026/05:1", 3, "4206")]
    page = admin.get("/waiting-usage", after=page["next"]).json()
    assert [item["line"] for item in page["items"]] == [4]
    assert admin.get("/waiting-usage", after="4").status_code == 422

    body = {"source": "switch", "batch": "2026/05:1", "lines": [4], "reason": "a test call"}
    assert admin.post("/waiting-usage/dismiss", body).status_code == 200
    assert admin.post("/waiting-usage/dismiss", body).status_code == 404

    operator.tell(AssignIdentifier(account="A0001", subscription="main", identifier="4206", on=day("05-01")))
    assert admin.post("/jobs/retry-refused-usage", {}).status_code == 202

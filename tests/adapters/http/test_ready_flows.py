"""The ready flows over HTTP: each is read as it can be sent to be published, in the order in which they are listed."""

from __future__ import annotations

from adapters.files.flows import ready_flow
from billing_core.work.flows import apply_flow
from tests.adapters.http.conftest import Api
from tests.operators import Operator


def test_every_ready_flow_is_read_and_published_as_it_is(operator: Operator, admin: Api) -> None:
    listed = admin.get("/ready-flows").json()["items"]
    assert len(listed) == 9
    for row in listed:
        shown = admin.get(f"/ready-flows/{row['kind']}").json()
        published = admin.post("/flows", {"flow": shown["flow"]})
        assert (published.status_code, published.json().get("result")) == (201, {"version": 1}), published.text
        (fact,) = operator.facts(f"flow/{row['kind']}")
        flows = apply_flow(None, fact)
        assert flows is not None and flows.version(1) == ready_flow(row["kind"]).flow
    kept = admin.get("/flows", min_position=published.json()["position"]).json()["items"]
    assert [row["kind"] for row in kept] == sorted(row["kind"] for row in listed)


def test_a_ready_flow_that_does_not_exist_is_not_found(admin: Api) -> None:
    answer = admin.get("/ready-flows/flood")
    assert (answer.status_code, "use one of bill-complaint" in answer.text) == (404, True)

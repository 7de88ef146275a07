"""Batches of usage over HTTP."""

from __future__ import annotations

from adapters.bootstrap.origins import origin_of_process
from commands.usage.ports import BatchId
from tests.adapters.http.conftest import Api
from tests.commands.usage.batches import TODAY, importing, record
from tests.operators import Operator, silent


def test_a_batch_in_progress_is_listed_and_discarded(admin: Api, operator: Operator):
    batch = BatchId("mediation", "2026/05")
    one = [record(2, "A0001", "2026-05-10", "1")]
    importing(operator).receive(batch, one, origin_of_process("clerk", TODAY), silent)
    operator.application.runner.catch_up()

    (listed,) = admin.get("/usage-batches").json()["items"]
    assert (listed["name"], listed["state"], listed["records"]) == ("mediation:2026/05", "received", 1)
    body = {"source": "mediation", "batch": "2026/05", "reason": "sent by mistake"}
    discarded = admin.post("/usage-batches/discard", body)

    assert discarded.status_code == 200
    position = discarded.json()["position"]
    assert admin.get("/usage-batches", min_position=position).json()["items"] == []
    (listed,) = admin.get("/usage-batches", all=True).json()["items"]
    assert (listed["name"], listed["state"]) == ("mediation:2026/05", "discarded")
    assert admin.post("/usage-batches/discard", body).status_code == 409

"""Batches of usage over HTTP."""

from __future__ import annotations

from commands.usage.ports import BatchId
from tests.adapters.http.conftest import Api
from tests.commands.usage.batches import ORIGIN, importing, received, record
from tests.operators import Operator, silent


def test_a_batch_is_listed_until_it_is_booked(admin: Api, operator: Operator):
    batch = BatchId("mediation", "2026/05")
    received(operator, [record(2, "A0001", "2026-05-10", "1")], batch)
    operator.application.runner.catch_up()

    (listed,) = admin.get("/usage-batches").json()["items"]
    assert (listed["name"], listed["state"], listed["records"]) == ("mediation:2026/05", "received", 1)
    importing(operator).book(batch, ORIGIN, silent)
    operator.application.runner.catch_up()

    assert admin.get("/usage-batches").json()["items"] == []
    (listed,) = admin.get("/usage-batches", all=True).json()["items"]
    assert (listed["name"], listed["state"]) == ("mediation:2026/05", "booked")

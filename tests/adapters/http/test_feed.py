"""The feed of events: in order, none skipped, without what is personal, and with a wait for the next one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from adapters.bootstrap.origins import origin_of_process
from adapters.http.arrivals import Arrivals
from adapters.postgres.log import PostgresLog
from billing_core.kernel.events import topic_of
from billing_core.staff.operators import OperatorReopened
from billing_core.staff.roles import Role
from commands.platform.ports import Append
from commands.staff.operators import DefineRole
from tests.adapters.http.conftest import Api, SignedIn
from tests.operators import Operator

CUSTOMER = {"number": "C1", "name": "Anna Kalniņa", "registered_on": "2026-01-01"}


def run_apart(work: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: a browser of other tests keeps an event loop in the one of the tests."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def events(api: Api, **parameters: Any) -> Any:
    answer = api.get("/events", **parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_feed_shows_every_event_once_in_order_page_by_page(admin: Api, operator: Operator):
    operator.subscribers(3)
    written = operator.application.log.newest_position()
    found, after = list[int](), 0
    while page := events(admin, after=after, limit=4)["items"]:
        assert len(page) <= 4
        found += [each["position"] for each in page]
        after = page[-1]["position"]

    logged = operator.application.log.newest(1_000)
    assert found == [entry.position for entry in reversed(logged)]
    assert events(admin, after=written) == {"items": [], "next": written}


def test_an_event_has_its_origin_and_its_content_in_plain_forms(admin: Api):
    identity = "6f2a63de-3c5c-4a53-8a5c-1d6a2f2f9d11"
    admin.post("/customers", CUSTOMER, **{"X-Correlation-ID": identity})

    (event,) = events(admin, events="customer-registered")["items"]

    assert event["content"]["customer"]["name"] == "Anna Kalniņa"
    assert (event["stream"], event["version"], event["effective_on"]) == ("customer/C1", 1, "2026-01-01")
    assert event["correlation_id"] == identity


def test_personal_data_need_a_permission_of_their_own(admin: Api, signed_in: SignedIn, operator: Operator):
    admin.post("/customers", CUSTOMER)
    operator.tell(DefineRole(role="reader", permits=Role(permissions=("outreach.read.list-events",))), actor="boss")
    reader = signed_in("program", "reader")

    (event,) = events(reader, events="customer-registered")["items"]

    assert event["content"]["customer"]["name"] == "erased"
    assert "Anna" not in reader.get("/events").text
    operator.tell(DefineRole(role="reader", permits=Role(permissions=("outreach.read.*",))), actor="boss")
    assert "Anna Kalniņa" in reader.get("/events").text


def test_only_the_named_events_are_shown_and_the_cursor_passes_the_others(admin: Api, operator: Operator):
    operator.subscribers(2)

    page = events(admin, events="account-opened,customer-registered")

    assert {each["event"] for each in page["items"]} == {"account-opened", "customer-registered"}
    assert len(page["items"]) == 4
    assert page["next"] == operator.application.log.newest_position()


@pytest.mark.parametrize(
    ("parameters", "field"),
    [({"events": "account-exploded"}, "events"), ({"after": 10**9}, "after"), ({"after": -1}, "after"),
     ({"wait": 301}, "wait"), ({"limit": 0}, "limit")],
)  # fmt: skip
def test_a_question_without_sense_is_refused(admin: Api, parameters: dict[str, Any], field: str):
    answer = admin.get("/events", **parameters)

    assert answer.status_code == 422 and field in answer.text


def test_an_event_of_a_transaction_that_commits_late_is_not_passed_over(admin: Api, operator: Operator):
    """The later position commits first: until the earlier one is final, neither is shown."""
    store, before = operator.application.store, operator.application.log.newest_position()
    opened = OperatorReopened(effective_on=date(2026, 1, 1), operator="x")
    with store.transaction() as slow:
        slow.append([Append("operator/slow", 0, [opened])], [], origin_of_process("clerk"))
        with store.transaction() as quick:
            quick.append([Append("operator/quick", 0, [opened])], [], origin_of_process("clerk"))
        assert events(admin, after=before) == {"items": [], "next": before}

    shown = events(admin, after=before)["items"]
    assert [each["stream"] for each in shown] == ["operator/slow", "operator/quick"]


def test_readers_at_the_end_wait_for_the_event_they_want(client: TestClient, admin: Api, operator: Operator):
    """Fifty wait for a customer without a thread each; an event of another name does not end their wait."""
    after = operator.application.log.newest_position()
    headers = {"Authorization": "Bearer key.admin.test.admin"}

    async def read_all() -> list[dict[str, Any]]:
        transport = httpx.ASGITransport(client.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://api", headers=headers) as api:
            wanted: dict[str, str | int] = {"after": after, "events": "customer-registered", "wait": 60}
            readers = [asyncio.create_task(api.get("/v1/events", params=wanted)) for _ in range(50)]
            arrivals = client.app.state.arrivals  # type: ignore[attr-defined]
            while arrivals.count() < 50:
                await asyncio.sleep(0.01)
            role = {"permissions": ["parties.read.*"]}
            assert (await api.put("/v1/roles/other", json=role)).status_code == 200
            await asyncio.sleep(0.5)  # More than one look of the poller.
            assert arrivals.count() == 50
            assert (await api.post("/v1/customers", json=CUSTOMER)).status_code == 201
            return [answer.json() for answer in await asyncio.gather(*readers)]

    answers = run_apart(read_all())

    assert [[each["stream"] for each in answer["items"]] for answer in answers] == [["customer/C1"]] * 50


def test_a_wait_in_vain_ends_with_the_cursor_to_go_on_from(admin: Api, operator: Operator):
    after = operator.application.log.newest_position()

    assert events(admin, after=after, wait=1) == {"items": [], "next": after}


def test_a_reader_whose_rights_end_meanwhile_learns_nothing(client: TestClient, admin: Api, signed_in: SignedIn,
                                                            operator: Operator):  # fmt: skip
    operator.tell(DefineRole(role="reader", permits=Role(permissions=("outreach.read.list-events",))), actor="boss")
    reader, after = signed_in("program", "reader"), operator.application.log.newest_position()
    with client, ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(reader.get, "/events", after=after, wait=60)
        while not client.app.state.arrivals.count():  # type: ignore[attr-defined]
            pass
        assert admin.post("/operators/program/close", {"reason": "left"}).status_code == 200

        assert waiting.result().status_code == 401


class HeldLog(PostgresLog):
    """A log whose end is looked at as slowly as the test wants."""

    def __init__(self, operator: Operator) -> None:
        super().__init__(operator.application.datastore)
        self.is_looked_at, self.may_go_on = threading.Event(), threading.Event()

    def final_position(self) -> int:
        found = super().final_position()
        self.is_looked_at.set()
        self.may_go_on.wait(30)
        return found


def test_a_reader_who_comes_while_the_poller_looks_misses_nothing(operator: Operator):
    """It has read up to an earlier position than everybody else who waits."""
    log, newest = HeldLog(operator), operator.application.log.newest(1)[0]

    async def wait() -> bool:
        arrivals, topics = Arrivals(log), [topic_of(type(newest.event))]
        at_the_end = asyncio.create_task(arrivals.wait(newest.position, topics, 60))
        await asyncio.to_thread(log.is_looked_at.wait)
        behind = asyncio.create_task(arrivals.wait(newest.position - 1, topics, 10))
        while arrivals.count() < 2:
            await asyncio.sleep(0.01)
        log.may_go_on.set()
        is_there = await behind
        assert not at_the_end.done()
        arrivals.end()
        assert await at_the_end is False
        return is_there

    assert run_apart(wait()) is True

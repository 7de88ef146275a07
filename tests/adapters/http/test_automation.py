"""What happens by itself, seen and steered over HTTP."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from adapters.bootstrap.automation import automation_of
from adapters.bootstrap.operations import operations
from adapters.bootstrap.seller_clock import SellerClock
from billing_core.staff.roles import READY_ROLES, permits
from commands.platform.causes import Cause
from commands.platform.refusals import Refusal
from tests.adapters.http.conftest import Api, SignedIn
from tests.operators import Operator

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def refuse(operator: Operator, account: str) -> int:
    """Note a refused wake-up of an account; its number."""
    refused = automation_of(operator.application).refused
    cause = Cause("wake-up", "promise", f"account/{account}", due_on=date(2026, 3, 1))
    refused.refuse(Refusal(cause, "BreakPromise", "fault", "the lights went out", NOW))
    return refused.listed("wake-up")[-1].number


def test_followers_reactions_and_wake_ups_are_listed(admin: Api, operator: Operator):
    admin.post("/webhooks", {"webhook": "shop", "url": "https://shop.example/"})
    operator.application.runner.catch_up()

    followers = admin.get("/followers").json()["items"]
    assert [(each["name"], each["position"]) for each in followers] == [
        ("webhook shop", None), ("rate-usage", 0), ("fiscal-printing", 0),
    ]  # fmt: skip
    reactions = admin.get("/reactions").json()["items"]
    assert "keep-promise" in [each["name"] for each in reactions]
    assert admin.get("/wake-ups").json() == {"items": [], "next": None}
    assert admin.get("/deliveries").json() == {"items": [], "next": None}


def test_deliveries_are_listed_by_pages_of_one_follower_or_of_all(admin: Api, operator: Operator):
    for follower, position in (("mail@home", 10), ("mail@home", 9), ("webhook shop", 3)):
        operator.execute(
            """INSERT INTO billing.deliveries (follower, position, stream, state, attempts, next_try_at, error)
               VALUES (%s, %s, 'account/1', 'dead', 8, NULL, 'no route')""",
            follower, position,
        )  # fmt: skip

    def page(**words: Any) -> tuple[list[int], str | None]:
        body = admin.get("/deliveries", **words).json()
        return [each["position"] for each in body["items"]], body["next"]

    assert page(limit=2) == ([9, 10], "mail@home@10")
    assert page(limit=2, after="mail@home@10") == ([3], None)
    assert page(limit=1, after="mail@home@9") == ([10], "mail@home@10")
    assert page(follower="webhook shop", limit=1) == ([3], None)
    assert page(follower="webhook") == ([], None)
    operator.execute("UPDATE billing.deliveries SET state = 'dropped' WHERE position = 9")
    assert page(state="dead") == ([10, 3], None)
    assert page(state="dropped", limit=1) == ([9], None)
    for after in ("x", "mail@x", "mail@", f"mail@{'9' * 19}"):
        assert admin.get("/deliveries", after=after).status_code == 422


def test_a_refused_command_is_listed_retried_and_overruled(admin: Api, operator: Operator):
    good, bad = refuse(operator, operator.subscriber()), refuse(operator, "404")
    listed = admin.get("/refused-commands", cause="wake-up").json()["items"]
    assert [(each["number"], each["reason"]) for each in listed] == [
        (good, "the lights went out"),
        (bad, "the lights went out"),
    ]
    path = "/refused-commands/wake-up"

    assert admin.post(f"{path}/{good}/retry").json()["result"] == {"refused": ""}
    assert "no such account" in admin.post(f"{path}/{bad}/retry").json()["result"]["refused"]
    assert admin.post(f"{path}/{bad}/overrule", {"reason": "closed long ago"}).status_code == 200

    assert admin.get("/refused-commands", cause="wake-up").json()["items"] == []
    settled = admin.get("/refused-commands", cause="wake-up", settled="yes").json()["items"]
    assert [(each["settlement"], each["settled_by"], each["attempts"]) for each in settled] == [
        ("applied", "admin", 1),
        ("overruled", "admin", 2),
    ]
    assert admin.post(f"{path}/{bad}/overrule", {"reason": "again"}).status_code == 422
    assert admin.post(f"{path}/99/retry").status_code == 404
    assert admin.post("/refused-commands/whim/1/retry").status_code == 422


def test_a_work_that_is_started_is_done_by_the_next_worker_once_in_the_name_of_who_started_it(
    admin: Api, operator: Operator
):
    application, now = operator.application, datetime.now(UTC)
    clock = SellerClock(application.store, application.tables, now=lambda: now)  # No work becomes due meanwhile.
    automation = automation_of(application, clock)
    automation.works.register()
    assert list(automation.works.advance()) == []

    assert admin.post("/timed-work/check/start").status_code == 202
    (wanted,) = [each for each in admin.get("/timed-work").json()["items"] if each["wanted_by"]]
    assert (wanted["work"], wanted["wanted_by"], wanted["state"]) == ("check", "admin", "never started")

    assert automation.works.advance() == ["check"]
    assert list(automation.works.advance()) == []
    (done,) = [each for each in admin.get("/timed-work").json()["items"] if each["state"] == "done"]
    assert (done["work"], done["started_by"], done["wanted_by"]) == ("check", "admin", None)
    assert "invariants hold" in done["outcome"]
    assert admin.post("/timed-work/nothing/start").status_code == 404


def test_an_action_with_what_only_a_command_knows_is_refused_and_does_nothing(admin: Api):
    path = "/timed-work/check/start"
    assert admin.post(f"{path}?dry_run=true").status_code == 422
    assert admin.post(path, **{"Idempotency-Key": "1"}).status_code == 422
    assert admin.post(path, **{"If-Match": '"webhook/shop@1"'}).status_code == 422

    assert [each["wanted_by"] for each in admin.get("/timed-work").json()["items"] if each["wanted_by"]] == []


def test_a_refused_attempt_to_steer_is_kept(admin: Api, signed_in: SignedIn):
    cashier = signed_in("till", "cashier")

    assert cashier.post("/timed-work/check/start").status_code == 403

    (kept,) = admin.get("/refused-attempts", actor="till").json()["items"]
    assert kept["attempt"] == "automation.change.start-timed-work"


@pytest.mark.parametrize("role", [role for role in READY_ROLES if role != "administrator"])
def test_only_an_administrator_may_steer(role: str):
    of_area = [each for each in operations().values() if each.area == "automation"]
    steering = [each.permission for each in of_area if each.kind == "change"]

    assert len(steering) == 5
    assert not any(permits(READY_ROLES[role], permission) for permission in steering)

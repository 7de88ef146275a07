"""Webhooks on the command line, sent by a worker as a process of its own to a real receiver."""

from __future__ import annotations

import signal

from standardwebhooks import Webhook

from tests.adapters.cli.conftest import Billing
from tests.adapters.outgoing.receiver import receiving
from tests.waiting import eventually

ALLOWED = {"BILLING_WEBHOOKS_TO_PRIVATE_ADDRESSES": "true"}


def test_a_webhook_is_registered_sent_to_listed_and_replayed(opened: Billing):
    assert opened("webhooks").output == "No webhooks are registered.\n"
    with receiving() as receiver:
        receiver.answers = ["500"]
        wanted = ("webhook=shop", f"url={receiver.url}", "events=customer-registered")
        assert opened("do", "register-webhook", *wanted).code == 0
        secret = opened("webhooks", "secret", "shop").output.strip()
        assert "clerk" in opened("webhooks", "secret", "shop").complaint
        registered = ("number=C77", "name=Anna", "registered_on=2026-03-01")
        assert opened("do", "register-customer", *registered).code == 0

        worker = opened.start("worker", **ALLOWED)
        eventually(lambda: len(receiver.received) == 1)
        eventually(lambda: opened("webhooks", "--json").json["webhooks"][0]["waiting"] == 1)
        shown = opened("webhooks").output
        assert "shop" in shown and receiver.url in shown

        receiver.answers = ["200"]
        assert opened("webhooks", "replay", "shop").output == "1 delivery of webhook shop is sent again.\n"
        eventually(lambda: len(receiver.received) >= 2)
        worker.send_signal(signal.SIGTERM)
        _, errors = worker.communicate(timeout=60)
        assert worker.returncode == 0, errors
        Webhook(secret).verify(receiver.received[-1].body, receiver.received[-1].headers)
        listed = opened("webhooks", "--json").json["webhooks"][0]
        assert (listed["waiting"], listed["dead"], listed["lag_events"]) == (0, 0, 0)

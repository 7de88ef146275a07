"""Webhooks: what may be registered, changed and removed."""

from __future__ import annotations

from datetime import date

import pytest

from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import topic_of
from billing_core.outreach.webhooks import (
    Webhook,
    WebhookChanged,
    WebhookRegistered,
    WebhookRemoved,
    apply_webhook,
    change_webhook,
    change_webhook_secret,
    register_webhook,
    remove_webhook,
)
from billing_core.payments.events import PaymentReceived

ON = date(2026, 3, 1)
URL = "https://shop.example/events"
PAYMENTS = (topic_of(PaymentReceived).partition("/")[0],)
SHOP = Webhook("shop", URL, PAYMENTS)


def test_a_webhook_is_registered_once_changed_and_removed():
    (registered,) = register_webhook(None, SHOP, ON)
    assert registered == WebhookRegistered(effective_on=ON, webhook="shop", url=URL, events=PAYMENTS)
    assert apply_webhook(None, registered) == SHOP
    assert register_webhook(SHOP, SHOP, ON) == []

    (changed,) = change_webhook(SHOP, URL, (), ON)
    assert changed == WebhookChanged(effective_on=ON, webhook="shop", url=URL, events=())
    assert change_webhook(SHOP, URL, PAYMENTS, ON) == []

    (removed,) = remove_webhook(SHOP, "closed", ON)
    assert removed == WebhookRemoved(effective_on=ON, webhook="shop", reason="closed")
    gone = apply_webhook(SHOP, removed)
    assert gone is not None and gone.is_removed
    assert remove_webhook(gone, "again", ON) == []


def test_the_code_of_a_webhook_stays_taken():
    gone = Webhook("shop", URL, PAYMENTS, is_removed=True)
    for known in (gone, Webhook("shop", "https://other.example/", ())):
        with pytest.raises(RuleViolation, match="taken"):
            register_webhook(known, SHOP, ON)
    with pytest.raises(RuleViolation, match="removed"):
        change_webhook(gone, URL, (), ON)
    with pytest.raises(RuleViolation, match="removed"):
        change_webhook_secret(gone, ON)


@pytest.mark.parametrize(
    "url",
    [
        "", "shop.example", "ftp://shop.example/", "https://", "https://user:secret@shop.example/",
        "https://user@shop.example/", "https://shop.example/#part", "https://shop.example:0/",
        "https://shop.example:99999/", "https://[shop/", "https://shop.example/a b", "https://shop.example/\n",
        "https://bücher.example/", "https://shop.example/" + "x" * 2_000,
    ],
)  # fmt: skip
def test_an_address_that_nothing_can_be_sent_to_is_refused(url: str):
    with pytest.raises(InvalidValue, match="url"):
        register_webhook(None, Webhook("shop", url, ()), ON)


@pytest.mark.parametrize("wanted", [Webhook("Shop", URL, ()), Webhook("", URL, ()), Webhook("shop", URL, ("nothing",))])
def test_a_wrong_code_or_an_event_that_does_not_exist_is_refused(wanted: Webhook):
    with pytest.raises(InvalidValue):
        register_webhook(None, wanted, ON)

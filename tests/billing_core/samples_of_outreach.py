"""How the stored samples of webhooks and messages are read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.outreach.letters import LettersDrawnUp
from billing_core.outreach.messages import (
    MessageAnswered,
    MessageBounced,
    MessageCancelled,
    MessageDelivered,
    MessageFailed,
    MessageQueued,
    MessageRetried,
    MessageSent,
)
from billing_core.outreach.templates import MessageTemplate, MessageTemplatePublished, MessageTemplateWithdrawn
from billing_core.outreach.terms import KindTerms, OutreachTerms, OutreachTermsSet, Throttle
from billing_core.outreach.webhooks import WebhookChanged, WebhookRegistered, WebhookRemoved, WebhookSecretChanged
from billing_core.parties.versions import PartyVersion

ON = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 9, 41, tzinfo=UTC)
URL = "https://shop.example/events"
SAMPLES: dict[str, Event] = {
    "webhook-registered/1": WebhookRegistered(effective_on=ON, webhook="shop", url=URL, events=("payment-received",)),
    "webhook-changed/1": WebhookChanged(effective_on=ON, webhook="shop", url=URL, events=()),
    "webhook-secret-changed/1": WebhookSecretChanged(effective_on=ON, webhook="shop"),
    "webhook-removed/1": WebhookRemoved(effective_on=ON, webhook="shop", reason="the shop has closed"),
    "message-template-published/1": MessageTemplatePublished(
        effective_on=ON,
        template=MessageTemplate(
            kind="invoice",
            language="cs",
            channel="email",
            subject="Faktura {{ number }}",
            text="{{ gross }}",
            html="<p>{{ gross }}</p>",
        ),
        version=2,
    ),
    "message-template-withdrawn/1": MessageTemplateWithdrawn(effective_on=ON, reason="the ready-made one is better"),
    "outreach-terms-set/1": OutreachTermsSet(
        effective_on=ON,
        seller="north",
        terms=OutreachTerms(
            kinds=(
                KindTerms(kind="invoice", channels=("email", "sms"), attaches=True),
                KindTerms(kind="outage", channels=("sms",), is_urgent=True),
                KindTerms(kind="bulk", consent="offers"),
            ),
            quiet_from="21:00",
            quiet_until="08:00",
            throttles=(Throttle(channel="sms", per_second=10),),
        ),
    ),
    "message-queued/1": MessageQueued(
        effective_on=ON,
        customer="104217",
        seller="north",
        account="1001",
        kind="invoice",
        channel="email",
        cause="invoice 26005219",
        about="26005219",
        send_at=AT,
        language="en",
        template_version=2,
        recipient="erased",
        text="erased",
        documents=("26005219",),
        consent="offers",
    ),
    "message-sent/1": MessageSent(
        effective_on=ON, attempt=2, reference="<1@isp.test>", parts=2, cost=Money(Decimal("0.10"), "EUR")
    ),
    "message-failed/1": MessageFailed(
        effective_on=ON, attempt=1, reason="the mail server refuses the mail: 451 4.3.0", again_at=AT
    ),
    "message-retried/1": MessageRetried(effective_on=ON, send_at=AT),
    "message-delivered/1": MessageDelivered(effective_on=ON, at=AT),
    "message-bounced/1": MessageBounced(effective_on=ON, reason="5.2.2", is_permanent=False),
    "message-answered/1": MessageAnswered(effective_on=ON, customer="104217"),
    "letters-drawn-up/1": LettersDrawnUp(effective_on=ON, seller=PartyVersion("north", 3), batch=3, letters=120),
    "message-cancelled/1": MessageCancelled(effective_on=ON, reason="a mistake"),
}

"""What other systems learn of what happened here: the feed of events, and webhooks."""

from __future__ import annotations

from adapters.actions.outreach import ReplayWebhook, TakeWebhookSecret
from adapters.http.route import Route
from adapters.views.outreach.feed import ListEvents
from adapters.views.outreach.webhooks import ListWebhooks
from commands.outreach.webhooks import ChangeWebhook, ChangeWebhookSecret, RegisterWebhook, RemoveWebhook

ROUTES = (
    Route("GET", "/events", ListEvents),
    Route("GET", "/webhooks", ListWebhooks),
    Route("POST", "/webhooks", RegisterWebhook, 201),
    Route("PUT", "/webhooks/{webhook}", ChangeWebhook),
    Route("POST", "/webhooks/{webhook}/remove", RemoveWebhook),
    Route("POST", "/webhooks/{webhook}/change-secret", ChangeWebhookSecret),
    Route("POST", "/webhooks/{webhook}/take-secret", TakeWebhookSecret),
    Route("POST", "/webhooks/{webhook}/replay", ReplayWebhook),
)

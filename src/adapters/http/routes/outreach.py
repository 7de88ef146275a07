"""What others learn of what happened here: the feed of events and webhooks, messages to customers and templates."""

from __future__ import annotations

from adapters.actions.outreach import ReplayWebhook, TakeWebhookSecret
from adapters.http.route import Route
from adapters.views.outreach.feed import ListEvents
from adapters.views.outreach.messages import CountMessages, ListMessages, ShowMessage, ShowOutreachTerms
from adapters.views.outreach.templates import ListMessageTemplates, PreviewMessage, ShowMessageTemplate
from adapters.views.outreach.webhooks import ListWebhooks
from commands.outreach.messages import CancelMessage, QueueMessage, RetryMessage
from commands.outreach.templates import PublishMessageTemplate, WithdrawMessageTemplate
from commands.outreach.terms import SetOutreachTerms
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
    Route("GET", "/messages", ListMessages),
    Route("GET", "/messages/counts", CountMessages),
    Route("GET", "/messages/{message}", ShowMessage),
    Route("POST", "/messages", QueueMessage, 201),
    Route("POST", "/messages/{message}/cancel", CancelMessage),
    Route("POST", "/messages/{message}/retry", RetryMessage),
    Route("GET", "/message-templates", ListMessageTemplates),
    Route("GET", "/message-templates/{kind}/{language}/{channel}", ShowMessageTemplate),
    Route("PUT", "/message-templates/{kind}/{language}/{channel}", PublishMessageTemplate),
    Route("POST", "/message-templates/{kind}/{language}/{channel}/withdraw", WithdrawMessageTemplate),
    Route("GET", "/accounts/{account}/message-preview", PreviewMessage),
    Route("GET", "/sellers/{seller}/outreach-terms", ShowOutreachTerms),
    Route("PUT", "/sellers/{seller}/outreach-terms", SetOutreachTerms),
)

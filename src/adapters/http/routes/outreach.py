"""What others learn of what happened here: the feed of events and webhooks, messages to customers and templates."""

from __future__ import annotations

from adapters.actions.outreach import ReplayWebhook, TakeWebhookSecret
from adapters.http.route import Route
from adapters.views.outreach.bulk import (
    CountCustomerBase,
    ListBulkMessages,
    ListCustomerBases,
    ListUnreachableAddresses,
    ShowBulkMessage,
    ShowSmsTerms,
)
from adapters.views.outreach.feed import ListEvents
from adapters.views.outreach.letters import ListLetterBatches, PrintLetters, WriteLetterAddresses
from adapters.views.outreach.messages import CountMessages, ListMessages, ShowMessage, ShowOutreachTerms
from adapters.views.outreach.templates import ListMessageTemplates, PreviewMessage, ShowMessageTemplate
from adapters.views.outreach.webhooks import ListWebhooks
from commands.outreach.bases import RemoveCustomerBase, SaveCustomerBase
from commands.outreach.bulk import AdvanceBulkMessage, StartBulkMessage, StopBulkMessage
from commands.outreach.letters import DrawUpLetters
from commands.outreach.messages import CancelMessage, QueueMessage, RetryMessage
from commands.outreach.reachability import MarkReachable
from commands.outreach.reports import NoteMessageAnswered, NoteMessageBounced, NoteMessageDelivered
from commands.outreach.sms_terms import SetSmsTerms
from commands.outreach.templates import PublishMessageTemplate, WithdrawMessageTemplate
from commands.outreach.terms import SetOutreachTerms
from commands.outreach.webhooks import ChangeWebhook, ChangeWebhookSecret, RegisterWebhook, RemoveWebhook

LETTER_ROUTES = (
    Route("GET", "/letters", ListLetterBatches),
    Route("POST", "/sellers/{seller}/letters", DrawUpLetters, 201),
    Route("GET", "/sellers/{seller}/letters/{batch}", PrintLetters),
    Route("GET", "/sellers/{seller}/letters/{batch}/addresses", WriteLetterAddresses),
)
BULK_ROUTES = (
    Route("GET", "/customer-bases", ListCustomerBases),
    Route("GET", "/customer-bases/{base}/count", CountCustomerBase),
    Route("PUT", "/customer-bases/{base}", SaveCustomerBase),
    Route("DELETE", "/customer-bases/{base}", RemoveCustomerBase),
    Route("GET", "/bulk-messages", ListBulkMessages),
    Route("GET", "/bulk-messages/{bulk_message}", ShowBulkMessage),
    Route("POST", "/bulk-messages", StartBulkMessage, 201),
    Route("POST", "/bulk-messages/{bulk_message}/advance", AdvanceBulkMessage),
    Route("POST", "/bulk-messages/{bulk_message}/stop", StopBulkMessage),
    Route("GET", "/unreachable-addresses", ListUnreachableAddresses),
    Route("POST", "/customers/{customer}/reachable-addresses", MarkReachable),
    Route("POST", "/messages/{message}/delivered", NoteMessageDelivered),
    Route("POST", "/messages/{message}/bounced", NoteMessageBounced),
    Route("POST", "/messages/{message}/answered", NoteMessageAnswered),
    Route("GET", "/sellers/{seller}/sms-terms", ShowSmsTerms),
    Route("PUT", "/sellers/{seller}/sms-terms", SetSmsTerms),
)
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
    *BULK_ROUTES,
    *LETTER_ROUTES,
)

"""Messages to customers: those that wait, failed or were sent, and each with its words."""

from __future__ import annotations

from typing import Any, get_args

from adapters.pages.forms import Choice, Field, Form, says, to
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_, Entry, Page, Shown
from adapters.pages.visit import Visit
from adapters.views.outreach.letters import ListLetterBatches
from adapters.views.outreach.messages import ListMessages, ShowMessage
from adapters.views.outreach.templates import ListMessageTemplates
from billing_core.outreach.kinds import CHANNELS, MessageKind
from billing_core.outreach.messages import UNSENT
from commands.outreach.messages import CancelMessage, QueueMessage, RetryMessage

MESSAGES = "/messages"
ONE = f"{MESSAGES}/{{message}}"
STATES = {
    "queued": State(N_("Waits"), "info"), "waiting": State(N_("Tried again"), "warn"),
    "failed": State(N_("Failed"), "bad"), "sent": State(N_("Sent"), "good"),
    "delivered": State(N_("Delivered"), "good"), "bounced": State(N_("Came back"), "bad"),
    "cancelled": State(N_("Cancelled")),
}  # fmt: skip
KINDS = {
    "invoice": N_("Invoice"), "credit-note": N_("Credit note"), "payment-received": N_("Payment received"),
    "due-soon": N_("Due soon"), "overdue": N_("Overdue"), "suspended": N_("Suspended"),
    "returned": N_("Service is back"),
    "promise": N_("Promise"), "hold": N_("Hold"), "contract-ending": N_("Contract ends"),
    "price-change": N_("Price change"), "planned-work": N_("Planned work"), "outage": N_("Outage"),
    "visit": N_("Visit"),
    "card-payment": N_("Card payment"), "payment-request": N_("Payment request"),
    "debit": N_("Debit announced"), "bulk": N_("Offer"),
}  # fmt: skip
CHANNEL_NAMES = {"email": N_("E-mail"), "sms": N_("SMS"), "push": N_("Push"), "letter": N_("Letter")}
OF_STATES = tuple(Choice(state, shown.word) for state, shown in STATES.items())
OF_KINDS = tuple(Choice(kind, KINDS[kind]) for kind in get_args(MessageKind))
OF_CHANNELS = tuple(Choice(channel, CHANNEL_NAMES[channel]) for channel in CHANNELS)


def _is_unsent(row: Any) -> bool:
    return row.state in UNSENT


def _has_failed(row: Any) -> bool:
    return row.state in ("waiting", "failed")


def message(visit: Visit) -> Shown:
    """A message with its words, and what became of it."""
    card = visit.ask(ShowMessage, message=visit.path["message"])
    shown = {
        "card": card, "shown": STATES[card.state], "kind": KINDS[card.kind], "channel": CHANNEL_NAMES[card.channel],
        "cancel": CancelMessage, "retry": RetryMessage, "is_unsent": _is_unsent(card), "has_failed": _has_failed(card),
    }  # fmt: skip
    return Shown("outreach/message.html", shown)


LISTS = (
    List(
        MESSAGES, ListMessages, N_("Messages"),
        (
            Column(N_("Message"), lambda row: row.subject or row.about or row.kind,
                   link=lambda row: f"{MESSAGES}/{row.message}", below=lambda row: row.recipient),
            Column(N_("Customer"), lambda row: row.customer, link=lambda row: f"/customers/{row.customer}"),
            Column(N_("State"), lambda row: STATES[row.state], "state", below=lambda row: row.reason),
            Column(N_("Queued"), lambda row: row.queued_at, "instant"),
            Column(N_("To be sent"), lambda row: row.send_at, "instant"),
            Column(N_("Tries"), lambda row: row.attempts, "count"),
        ),
        filters=(
            Field("customer", N_("Customer number")), Field("state", N_("State"), "choice", choices=OF_STATES),
            Field("kind", N_("Kind"), "choice", choices=OF_KINDS),
            Field("channel", N_("Channel"), "choice", choices=OF_CHANNELS),
        ),
        actions=(
            Act(N_("Write"), f"{MESSAGES}/new", QueueMessage, "n"),
            Act(N_("Letters"), "/letters", ListLetterBatches),
            Act(N_("Templates"), "/set-up/message-templates", ListMessageTemplates),
        ),
        row_actions=(
            Act(N_("Send again"), lambda row: f"{MESSAGES}/{row.message}/retry", RetryMessage, when=_has_failed),
            Act(N_("Cancel"), lambda row: f"{MESSAGES}/{row.message}/cancel", CancelMessage, when=_is_unsent),
        ),
        empty=N_("No message. A seller sends the kinds that its terms name, as things happen."),
    ),
)  # fmt: skip
PAGES = (Page(ONE, message, ShowMessage),)
FORMS = (
    Form(
        f"{MESSAGES}/new", QueueMessage, N_("Write a message"), N_("Send it"),
        (
            Field("kind", N_("Kind"), "choice", choices=OF_KINDS, is_required=True, width=6),
            Field("account", N_("Account"), is_required=True, width=6),
            Field("about", N_("About"), hint=N_("What it is about, as the number of a service"), width=6),
            Field("values", N_("Values"), "pairs", N_("What its template tells, one on each line, as place = Brno")),
        ),
        then=to(MESSAGES), back=to(MESSAGES), done=says(N_("It leaves when its time has come.")),
    ),
    Form(
        f"{ONE}/retry", RetryMessage, N_("Send again"), N_("Send it again now"), (),
        then=to(ONE), back=to(ONE), done=says(N_("It is sent again.")),
    ),
    Form(
        f"{ONE}/cancel", CancelMessage, N_("Cancel the message"), N_("Do not send it"),
        (Field("reason", N_("Reason"), is_required=True),),
        then=to(ONE), back=to(ONE), done=says(N_("It is not sent.")),
    ),
)  # fmt: skip
MENU = (Entry(N_("Messages"), MESSAGES, "mail", ListMessages, (2, 5)),)

"""Webhooks: what other systems are sent, and what their receivers did not take."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from adapters.actions.outreach import ReplayWebhook, TakeWebhookSecret
from adapters.door.door import Done
from adapters.pages.forms import Field, Form, Once, says, to
from adapters.pages.lists import Act, Column, List
from adapters.pages.page import N_, Tile
from adapters.pages.visit import Visit
from adapters.views.outreach.webhooks import ListWebhooks, WebhookRow
from commands.outreach.webhooks import ChangeWebhook, ChangeWebhookSecret, RegisterWebhook, RemoveWebhook

WEBHOOKS = "/set-up/webhooks"
ONE = f"{WEBHOOKS}/{{webhook}}"


def _at(what: str) -> Any:
    return lambda row: f"{WEBHOOKS}/{quote(row.webhook)}/{what}"


def _known(visit: Visit) -> dict[str, Any]:
    found: list[WebhookRow] = visit.ask(ListWebhooks).items
    known = next((row for row in found if row.webhook == visit.path["webhook"]), None)
    return {"url": known.url, "events": list(known.events)} if known else {}


def _code(visit: Visit) -> str:
    return visit.path["webhook"]


def _secret(visit: Visit, done: Done) -> Once:
    hint = N_("Its receiver checks the signature of each delivery by it.")
    return Once(visit.translated(N_("Secret of the webhook")), done.result["secret"], visit.translated(hint))


AGAIN = N_("Delivered again:")
FIELDS = (
    Field("url", N_("Address"), hint=N_("https://…, where each event is sent as a signed POST"), is_required=True),
    Field("events", N_("Events"), "list",
          hint=N_("Names, one on each line, as payment-received; without any, every event is sent")),
)  # fmt: skip
LISTS = (
    List(
        WEBHOOKS, ListWebhooks, N_("Webhooks"),
        (
            Column(N_("Webhook"), lambda row: row.webhook, below=lambda row: row.url,
                   link=lambda row: f"/set-up/deliveries?follower={row.follower}"),
            Column(N_("Events"), lambda row: ", ".join(row.events)),
            Column(N_("Behind"), lambda row: row.lag_events, "count"),
            Column(N_("Seconds"), lambda row: row.lag_seconds, "count"),
            Column(N_("Wait"), lambda row: row.waiting, "count"),
            Column(N_("Dead letters"), lambda row: row.dead, "count"),
        ),
        actions=(Act(N_("New webhook"), f"{WEBHOOKS}/new", RegisterWebhook, "n"),),
        row_actions=(
            Act(N_("Change"), _at("change"), ChangeWebhook),
            Act(N_("Show the secret"), _at("secret"), TakeWebhookSecret),
            Act(N_("Another secret"), _at("another-secret"), ChangeWebhookSecret),
            Act(N_("Deliver again"), _at("replay"), ReplayWebhook, when=lambda row: bool(row.dead or row.waiting)),
            Act(N_("Remove"), _at("remove"), RemoveWebhook),
        ),
        empty=N_("A webhook sends events to another system as they happen, without personal data."),
    ),
)  # fmt: skip
_BACK = to(WEBHOOKS)
FORMS = (
    Form(
        f"{WEBHOOKS}/new", RegisterWebhook, N_("New webhook"), N_("Register the webhook"),
        (Field("webhook", N_("Code"), is_required=True, width=4), *FIELDS),
        then=lambda visit, done: f"{WEBHOOKS}/{quote(visit.first('webhook').strip())}/secret", back=_BACK,
        done=says(N_("The webhook is registered. Its secret is shown once.")),
    ),
    Form(
        f"{ONE}/change", ChangeWebhook, N_("Change the webhook"), N_("Change the webhook"), FIELDS,
        then=_BACK, back=_BACK, done=says(N_("From now on events are sent so.")), begins=_known, about=_code,
    ),
    Form(
        f"{ONE}/secret", TakeWebhookSecret, N_("Show the secret"), N_("Show the secret once"), (),
        then=_BACK, back=_BACK, done=says(""), about=_code, once=_secret,
    ),
    Form(
        f"{ONE}/another-secret", ChangeWebhookSecret, N_("Another secret"), N_("Make another secret"), (),
        then=to(f"{ONE}/secret"), back=_BACK, about=_code,
        done=says(N_("For a day deliveries are signed by both. The new secret is shown once.")),
    ),
    Form(
        f"{ONE}/replay", ReplayWebhook, N_("Deliver again"), N_("Deliver again what was not taken"), (),
        then=_BACK, back=_BACK, about=_code,
        done=lambda visit, done: f"{visit.translated(AGAIN)} {done.result.get('replayed', 0)}",
    ),
    Form(
        f"{ONE}/remove", RemoveWebhook, N_("Remove the webhook"), N_("Remove the webhook"),
        (Field("reason", N_("Reason"), is_required=True),),
        then=_BACK, back=_BACK, done=says(N_("Nothing is sent there any more.")), about=_code,
    ),
)  # fmt: skip
SET_UP = (Tile("systems", N_("Webhooks"), WEBHOOKS, ListWebhooks, N_("Events sent to other systems")),)

"""Templates of messages: which hold, an editor, and how a message looks with a real customer before it is sent."""

from __future__ import annotations

from typing import Any

from adapters.pages.forms import Field, Form, says, to
from adapters.pages.language_choices import LANGUAGES
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.outreach.messages import CHANNEL_NAMES, KINDS, OF_KINDS
from adapters.pages.page import N_, Page, Shown, Tile
from adapters.pages.visit import Visit
from adapters.views.outreach.templates import ListMessageTemplates, PreviewMessage, ShowMessageTemplate
from commands.outreach.templates import PublishMessageTemplate, WithdrawMessageTemplate

TEMPLATES = "/set-up/message-templates"
ONE = f"{TEMPLATES}/{{kind}}/{{language}}/{{channel}}"


def _at(what: str) -> Any:
    return lambda row: f"{TEMPLATES}/{row.template.key}/{what}"


def _is_own(row: Any) -> bool:
    return row.version > 0


def _state(row: Any) -> State:
    return State(N_("Own"), "good") if _is_own(row) else State(N_("Ready-made"), "calm")


def _known(visit: Visit) -> dict[str, Any]:
    template = visit.ask(ShowMessageTemplate, **visit.path).template
    return {"subject": template.subject, "text": template.text, "html": template.html}


def _fields(visit: Visit) -> tuple[Field, ...]:
    """An e-mail has a subject and HTML; the variables that may be named stand below the text."""
    variables = ", ".join(visit.ask(ShowMessageTemplate, **visit.path).variables)
    text = Field("text", N_("Text"), "lines", variables, is_required=True)
    if visit.path["channel"] != "email":
        return (text,)
    html = Field("html", N_("HTML"), "lines", N_("Empty: it is made from the text"), clears=True)
    return (Field("subject", N_("Subject"), is_required=True), text, html)


def preview(visit: Visit) -> Shown:
    """The message as the customer of an account would get it."""
    account = visit.first("account").strip()
    found = visit.ask(PreviewMessage, account=account, **visit.path) if account else None
    return Shown(
        "outreach/preview.html",
        {"found": found, "account": account, "kind": KINDS[visit.path["kind"]], "edit": PublishMessageTemplate},
    )


LISTS = (
    List(
        TEMPLATES, ListMessageTemplates, N_("Templates of messages"),
        (
            Column(N_("Kind"), lambda row: State(KINDS[row.template.kind]), "state"),
            Column(N_("Language"), lambda row: row.template.language),
            Column(N_("Channel"), lambda row: State(CHANNEL_NAMES[row.template.channel]), "state"),
            Column(N_("Words"), lambda row: row.template.subject or row.template.text.split("\n")[0]),
            Column(N_("State"), _state, "state"),
            Column(N_("Version"), lambda row: row.version, "count"),
        ),
        filters=(
            Field("kind", N_("Kind"), "choice", choices=OF_KINDS),
            Field("language", N_("Language"), "choice", choices=LANGUAGES),
        ),
        begins={"language": "en"},
        row_actions=(
            Act(N_("Preview"), _at("preview"), PreviewMessage),
            Act(N_("Change"), _at("edit"), PublishMessageTemplate),
            Act(N_("Withdraw"), _at("withdraw"), WithdrawMessageTemplate, when=_is_own),
        ),
    ),
)  # fmt: skip
PAGES = (Page(f"{ONE}/preview", preview, PreviewMessage),)
FORMS = (
    Form(
        f"{ONE}/edit", PublishMessageTemplate, N_("Template of a message"), N_("Publish the template"), (),
        then=to(f"{ONE}/preview"), back=to(TEMPLATES), done=says(N_("From now on messages are written by it.")),
        begins=_known, asks=_fields, about=lambda visit: visit.path["kind"],
    ),
    Form(
        f"{ONE}/withdraw", WithdrawMessageTemplate, N_("Withdraw the template"), N_("Use the ready-made one again"),
        (Field("reason", N_("Reason"), is_required=True),),
        then=to(TEMPLATES), back=to(TEMPLATES), done=says(N_("The ready-made template is used again.")),
    ),
)  # fmt: skip
SET_UP = (
    Tile(
        "house", N_("Templates of messages"), TEMPLATES, ListMessageTemplates, N_("What customers are written, and how")
    ),
)

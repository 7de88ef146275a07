"""Templates of messages: one for each kind, language and channel, with its versions.

Decides what may be published and which version holds; not how a template is rendered (`rendering`). Until the house
publishes its own, a ready-made one is used; if its own is withdrawn, the ready-made one is used again.

    1 March   publish invoice/cs/email       version 1: from now on customers get this text
    9 March   publish invoice/cs/email       version 2; what was queued by then was written by version 1
    5 April   withdraw invoice/cs/email      the ready-made text again
"""

from __future__ import annotations

from datetime import date

import msgspec

from billing_core.kernel.errors import InvalidValue, RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.languages import LANGUAGES
from billing_core.outreach.kinds import CHANNELS, MESSAGE_KINDS, ON_PAGES, ChannelName, MessageKind

MOST_SUBJECT = 500
MOST_TEXT = 20_000
MOST_HTML = 100_000
READY_MADE = 0

# --- values and events


class MessageTemplate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The words of a kind of message, with variables as Jinja has them: `Invoice {{ number }}`.

    Only e-mails and letters have a subject, and only e-mails may have `html`; without it the HTML of an e-mail is made
    from its text.
    """

    kind: MessageKind
    language: str
    channel: ChannelName
    text: str
    subject: str = ""
    html: str = ""

    @property
    def key(self) -> str:
        return template_key(self.kind, self.language, self.channel)


@event("message-template-published")
class MessageTemplatePublished(Event, frozen=True, kw_only=True):
    """From now on messages are written by this template; `version` counts those of its kind, language and channel."""

    template: MessageTemplate
    version: int


@event("message-template-withdrawn")
class MessageTemplateWithdrawn(Event, frozen=True, kw_only=True):
    """From now on messages are written by the ready-made template."""

    reason: str


def template_key(kind: str, language: str, channel: str) -> str:
    """`invoice/cs/email`."""
    return f"{kind}/{language}/{channel}"


# --- state


class Template(msgspec.Struct, frozen=True):
    """The template of the house and its version; `version` is the last one also if it was withdrawn."""

    template: MessageTemplate | None
    version: int


def apply_template(state: Template | None, fact: Event) -> Template | None:
    """The template after an event of its stream."""
    match fact:
        case MessageTemplatePublished():
            return Template(fact.template, fact.version)
        case MessageTemplateWithdrawn() if state is not None:
            return Template(None, state.version)
    return state


# --- decisions


def publish_template(state: Template | None, template: MessageTemplate, on: date) -> list[Event]:
    """The next version; the same words again change nothing. That they can be rendered is checked before."""
    require_template(template)
    if state is not None and state.template == template:
        return []
    version = (state.version if state else 0) + 1
    return [MessageTemplatePublished(effective_on=on, template=template, version=version)]


def withdraw_template(state: Template | None, reason: str, on: date, key: str) -> list[Event]:
    """The ready-made template again."""
    if state is None or state.template is None:
        raise RuleViolation("is not published, so there is nothing to withdraw", field="template", value=key)
    return [MessageTemplateWithdrawn(effective_on=on, reason=reason)]


def require_template(template: MessageTemplate) -> None:
    """A kind, language and channel of the house, and the parts that the channel has."""
    _require_one_of(template.kind, MESSAGE_KINDS, "kind")
    _require_one_of(template.language, LANGUAGES, "language")
    _require_one_of(template.channel, CHANNELS, "channel")
    has_subject = template.channel in ON_PAGES
    if has_subject and not template.subject.strip():
        raise InvalidValue("must not be empty; e-mails and letters have a subject", field="subject",
                           value=template.subject)  # fmt: skip
    if template.subject and not has_subject:
        raise InvalidValue("only e-mails and letters have a subject; leave it empty", field="channel",
                           value=template.channel)  # fmt: skip
    if template.html and template.channel != "email":
        raise InvalidValue("only e-mails have HTML; leave it empty", field="channel", value=template.channel)
    if not template.text.strip():
        raise InvalidValue("must not be empty", field="text", value=template.text)
    for field, value, most in (
        ("subject", template.subject, MOST_SUBJECT), ("text", template.text, MOST_TEXT),
        ("html", template.html, MOST_HTML),
    ):  # fmt: skip
        if len(value) > most:
            raise InvalidValue(f"must not be longer than {most:,} characters", field=field, value=f"{value[:40]}...")
    if "\n" in template.subject.strip():
        raise InvalidValue("must be one line", field="subject", value=template.subject)


def _require_one_of(value: str, known: tuple[str, ...], field: str) -> None:
    if value not in known:
        raise InvalidValue(f"is none that the house has; write one of {', '.join(known)}", field=field, value=value)

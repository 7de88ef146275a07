"""Publish the templates of messages, and withdraw them."""

from __future__ import annotations

from billing_core.kernel.errors import NotFound
from billing_core.kernel.languages import LANGUAGES
from billing_core.outreach.kinds import ChannelName, MessageKind
from billing_core.outreach.templates import (
    READY_MADE,
    MessageTemplate,
    apply_template,
    publish_template,
    require_template,
    template_key,
    withdraw_template,
)
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class OfTemplate(Command, frozen=True, kw_only=True):
    kind: MessageKind
    language: str
    channel: ChannelName

    @property
    def key(self) -> str:
        return template_key(self.kind, self.language, self.channel)


class PublishMessageTemplate(OfTemplate, frozen=True, kw_only=True):
    """Write messages of a kind, in a language and for a channel, by this template from now on.

    Variables stand in double braces, as in `Invoice {{ number }}`; a template with one that the kind does not have, or
    with anything else than conditions and a loop over items, is refused. An e-mail without `html` has its HTML made
    from the text.
    """

    text: str
    subject: str = ""
    html: str = ""


class WithdrawMessageTemplate(OfTemplate, frozen=True, kw_only=True):
    """Write messages by the ready-made template again."""

    reason: str


# --- handlers


def template_stream(key: str) -> str:
    return f"message-template/{key}"


def load_template(
    transaction: Transaction, kind: str, languages: tuple[str, ...], channel: str
) -> tuple[MessageTemplate, int]:
    """The template that holds, and its version: in the first of the languages, or any, in which there is one."""
    ready = transaction.templates()
    for language in dict.fromkeys((*languages, *LANGUAGES)):
        key = template_key(kind, language, channel)
        known, _ = transaction.load(template_stream(key), apply_template)
        if known is not None and known.template is not None:
            return known.template, known.version
        if (found := ready.ready_made(kind, language, channel)) is not None:
            return found, READY_MADE
    raise NotFound("has no template for this channel; publish one", field="kind", value=f"{kind} by {channel}")


def handle_publish(command: PublishMessageTemplate, transaction: Transaction, origin: Origin) -> Decision:
    template = MessageTemplate(
        kind=command.kind, language=command.language, channel=command.channel, subject=command.subject,
        text=command.text, html=command.html,
    )  # fmt: skip
    require_template(template)
    transaction.templates().require_sound(template)
    stream = template_stream(template.key)
    known, version = transaction.load(stream, apply_template)
    return Decision((Append(stream, version, publish_template(known, template, origin.today)),))


def handle_withdraw(command: WithdrawMessageTemplate, transaction: Transaction, origin: Origin) -> Decision:
    stream = template_stream(command.key)
    known, version = transaction.load(stream, apply_template)
    events = withdraw_template(known, command.reason, origin.today, command.key)
    return Decision((Append(stream, version, events),))


HANDLERS: Handlers = {
    PublishMessageTemplate: handle_publish,
    WithdrawMessageTemplate: handle_withdraw,
}

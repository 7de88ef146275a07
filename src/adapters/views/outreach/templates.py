"""The templates of messages, and how a message looks with a real customer before it is sent."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from adapters.outreach.examples import example_facts
from adapters.outreach.ready_made import ready_templates
from adapters.outreach.templates import JinjaTemplates
from adapters.views.persons import Persons, owners
from adapters.views.query import Page, Queries, Query, Reading
from billing_core.outreach.kinds import ChannelName, MessageKind, require_values, variables_of
from billing_core.outreach.templates import READY_MADE, MessageTemplate, apply_template, require_template
from commands.outreach.addressees import About, addressee_of
from commands.outreach.templates import load_template
from commands.platform.concerns import HOUSE, Concerns
from commands.platform.ports import Transaction

PREFIX = "message-template/"


class ListMessageTemplates(Query, frozen=True, kw_only=True):
    """Every template by which messages are written: those of the house, and the ready-made ones; also of one kind."""

    kind: MessageKind | None = None
    language: str = ""


class TemplateRow(msgspec.Struct):
    """A template that holds; version 0 is a ready-made one."""

    template: MessageTemplate
    version: int


class ShowMessageTemplate(Query, frozen=True, kw_only=True):
    """The template that holds for a kind, in a language and by a channel, and the variables that it may name."""

    kind: MessageKind
    language: str
    channel: ChannelName


class TemplateCard(msgspec.Struct):
    template: MessageTemplate
    version: int
    variables: dict[str, str]


class PreviewMessage(Query, frozen=True, kw_only=True):
    """A message as the customer of an account would get it, with values of an example.

    Without a language it is the customer's. `subject`, `text` and `html` are those of a template that is not published
    yet; without a text the one that holds is shown.
    """

    kind: MessageKind
    account: str
    channel: ChannelName = "email"
    language: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""
    values: Mapping[str, str] = msgspec.field(default_factory=dict)


class Preview(msgspec.Struct):
    """What would be sent to whom; no recipient if the customer cannot be reached by the channel."""

    recipient: str
    language: str
    version: int
    subject: str
    text: str
    html: str


def _list_templates(query: ListMessageTemplates, reading: Reading) -> Page[TemplateRow]:
    found = {template.key: TemplateRow(template, READY_MADE) for template in ready_templates()}
    for known in reading.app.store.streams(PREFIX, apply_template).values():
        if known.template is not None:
            found[known.template.key] = TemplateRow(known.template, known.version)
    rows = [found[key] for key in sorted(found)]
    return Page([row for row in rows if _is_asked(row.template, query)], None)


def _is_asked(template: MessageTemplate, query: ListMessageTemplates) -> bool:
    return query.kind in (None, template.kind) and query.language in ("", template.language)


def _show_template(query: ShowMessageTemplate, reading: Reading) -> TemplateCard:
    def look(transaction: Transaction) -> tuple[MessageTemplate, int]:
        return load_template(transaction, query.kind, (query.language,), query.channel)

    template, version = reading.app.bus.look(look)
    return TemplateCard(template, version, dict(variables_of(query.kind)))


def _preview(query: PreviewMessage, reading: Reading) -> Preview:
    require_values(query.kind, query.values)
    return reading.app.bus.look(lambda transaction: _previewed(query, transaction))


def _previewed(query: PreviewMessage, transaction: Transaction) -> Preview:
    to = addressee_of(About(account=query.account), transaction)
    languages = (query.language,) if query.language else to.languages
    template, version = load_template(transaction, query.kind, languages, query.channel)
    if query.text:
        template = msgspec.structs.replace(template, subject=query.subject, text=query.text, html=query.html)
        require_template(template)
        JinjaTemplates().require_sound(template)
    rendered = JinjaTemplates().render(template, to.with_facts(example_facts(query.kind, query.values)))
    return Preview(to.recipient(query.channel), template.language, version, *rendered)


QUERIES: Queries = {
    ListMessageTemplates: _list_templates,
    ShowMessageTemplate: _show_template,
    PreviewMessage: _preview,
}
PERSONS: Persons = {PreviewMessage: lambda query, preview, reading: owners([query.account], reading)}
CONCERNS: Concerns = {ListMessageTemplates: HOUSE, ShowMessageTemplate: HOUSE}

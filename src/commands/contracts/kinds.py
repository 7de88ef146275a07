"""Define kinds of contract, and publish the templates by which they are printed."""

from __future__ import annotations

from billing_core.contracts.kinds import ContractKind, Template, apply_kind, define_kind, publish_template
from commands.contracts.streams import kind_stream, load_kind
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class DefineContractKind(Command, frozen=True, kw_only=True):
    """Define a kind of contract with the term that its contracts have unless one says otherwise.

    Defining a known code changes its name and term; contracts that were drafted keep theirs.
    """

    kind: ContractKind


class PublishContractTemplate(Command, frozen=True, kw_only=True):
    """Publish the text of a kind of contract in a language, with placeholders such as {{ customer.name }}.

    It is the next version: contracts are printed by the version that was the newest when they were issued.
    """

    kind: str
    language: str
    template: Template


# --- handlers


def handle_define_kind(command: DefineContractKind, transaction: Transaction, origin: Origin) -> Decision:
    stream = kind_stream(command.kind.code)
    known, version = transaction.load(stream, apply_kind)
    return Decision((Append(stream, version, define_kind(known, command.kind, origin.today)),))


def handle_publish_template(command: PublishContractTemplate, transaction: Transaction, origin: Origin) -> Decision:
    known, version = load_kind(transaction, command.kind)
    events = publish_template(known, command.language, command.template, origin.today)
    number = len(known.templates.get(command.language, ())) + len(events)
    return Decision((Append(kind_stream(command.kind), version, events),), {"version": number})


HANDLERS: Handlers = {
    DefineContractKind: handle_define_kind,
    PublishContractTemplate: handle_publish_template,
}

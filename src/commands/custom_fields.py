"""Publish the custom fields of customers, services and tickets. Their values are set by the commands of each."""

from __future__ import annotations

from billing_core.custom_fields import FieldDefinition, FieldSet, FieldSubject, apply_fields, publish_fields
from commands.platform.area import Area
from commands.platform.bus import Command, Decision
from commands.platform.concerns import HOUSE
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class PublishCustomFields(Command, frozen=True, kw_only=True):
    """Publish fields of customers, services or tickets, in the order of forms, from today on.

    Fields that were published before and are not named stay, after the named ones; one that is not needed any more is
    named as retired. Values that were set before stay, also those that are not accepted any more. The answer says which
    version it is.
    """

    subject: FieldSubject
    fields: tuple[FieldDefinition, ...]


# --- handlers


def fields_stream(subject: FieldSubject) -> str:
    return f"custom-fields/{subject}"


def load_fields(transaction: Transaction, subject: FieldSubject) -> FieldSet:
    """The fields of a kind of subject as they are published now."""
    return _load(transaction, subject)[0]


def _load(transaction: Transaction, subject: FieldSubject) -> tuple[FieldSet, int]:
    known, version = transaction.load(fields_stream(subject), apply_fields)
    return known or FieldSet(subject), version


def handle_publish_custom_fields(command: PublishCustomFields, transaction: Transaction, origin: Origin) -> Decision:
    known, version = _load(transaction, command.subject)
    events = publish_fields(known, command.fields, origin.today)
    appended = Append(fields_stream(command.subject), version, events)
    return Decision((appended,), {"version": known.version + len(events)})


AREA = Area(handlers={PublishCustomFields: handle_publish_custom_fields}, concerns={PublishCustomFields: HOUSE})

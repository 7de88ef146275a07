"""Custom fields: which are defined, so that a form is built from the answer."""

from __future__ import annotations

from datetime import date

import msgspec

from adapters.views.query import Queries, Query, Reading
from billing_core.custom_fields import FieldDefinition, FieldSubject
from commands.platform.concerns import SHARED, Concerns
from projections.custom_fields import field_set


class ListFieldDefinitions(Query, frozen=True, kw_only=True):
    """The custom fields of customers, services or tickets in the newest version, in the order of forms.

    With a `kind` those that a subject of this kind may have: person or company, the code of a product, a kind of
    ticket. Retired ones are shown without a kind alone.
    """

    subject: FieldSubject
    kind: str = ""


class FieldDefinitions(msgspec.Struct):
    """The fields of a kind of subject; version 0 if none was ever published."""

    subject: FieldSubject
    version: int
    since_on: date | None
    items: list[FieldDefinition]


def _list_field_definitions(query: ListFieldDefinitions, reading: Reading) -> FieldDefinitions:
    with reading.source.cursor() as cursor:
        known = field_set(cursor, query.subject)
    items = known.asked_of([query.kind]) if query.kind else known.fields
    return FieldDefinitions(known.subject, known.version, known.since_on, list(items))


QUERIES: Queries = {ListFieldDefinitions: _list_field_definitions}
CONCERNS: Concerns = {ListFieldDefinitions: SHARED}

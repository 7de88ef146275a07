"""Which custom fields are defined, which values do customers, services and tickets have, and whom does a text find?

Whether a value is found is decided by the definitions as they are asked for, so that a field may become searchable
without building anything again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from billing_core.custom_fields import (
    CustomFieldsPublished,
    FieldDefinition,
    FieldSet,
    FieldSubject,
)
from billing_core.kernel.events import Event
from billing_core.parties.customers import CustomerChanged, CustomerRegistered
from billing_core.parties.forgotten import CustomerForgotten
from billing_core.services.service_fields import ServiceFieldsSet
from billing_core.work.ticket_events import TicketFieldsSet, TicketOpened
from projections.customer_search import kept_of_text, wanted
from projections.dealers import customers_of
from projections.platform.area import Area
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT_SETS = """
    INSERT INTO custom_field_sets (subject, version, since_on, fields)
    SELECT * FROM unnest(%b::text[], %b::int8[], %b::date[], %b::text[])
    ON CONFLICT (subject) DO UPDATE
    SET version = excluded.version, since_on = excluded.since_on, fields = excluded.fields
"""
DELETE_VALUES = """
    DELETE FROM custom_field_values USING unnest(%b::text[], %b::text[]) AS changed (subject, number)
    WHERE custom_field_values.subject = changed.subject AND custom_field_values.number = changed.number
"""
INSERT_VALUES = """
    INSERT INTO custom_field_values (subject, number, customer, code, value, words, terms)
    SELECT subject, number, customer, code, value, words, terms::int4[]
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[])
        AS added (subject, number, customer, code, value, words, terms)
"""
Key = tuple[FieldSubject, str]


class CustomFields:
    """The definitions in their newest version, and every value, of services by `ACCOUNT/SUBSCRIPTION`."""

    name = "custom_fields"
    version = 1
    tables = ("custom_field_sets", "custom_field_values")
    by_stream = True
    definition = """
        CREATE TABLE custom_field_sets (
            subject text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, since_on date NOT NULL,
            fields text NOT NULL);
        CREATE TABLE custom_field_values (
            subject text COLLATE "C" NOT NULL, number text COLLATE "C" NOT NULL, customer text COLLATE "C" NOT NULL,
            code text COLLATE "C" NOT NULL, value text NOT NULL, words text COLLATE "C" NOT NULL,
            terms integer[] NOT NULL, PRIMARY KEY (subject, number, code));
        CREATE INDEX ON custom_field_values (customer);
    """
    indexes = "CREATE INDEX ON custom_field_values USING gin (terms) WITH (gin_pending_list_limit = 256);"
    streams = ("custom-fields", "customer", "service-fields", "ticket")
    folds: tuple[type[Event], ...] = (
        CustomFieldsPublished, CustomerRegistered, CustomerChanged, ServiceFieldsSet, TicketOpened, TicketFieldsSet,
        CustomerForgotten,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        sets = {entry.number: _set_row(entry) for entry in page if isinstance(entry.event, CustomFieldsPublished)}
        values: dict[Key, tuple[str, Mapping[str, str]]] = {}
        for entry in page:
            if changed := _values_after(entry):
                key, customer, now = changed
                values[key] = (customer, now)
        if sets:
            cursor.execute(UPSERT_SETS, as_columns(sets.values(), 4))
        if values:
            cursor.execute(DELETE_VALUES, as_columns(values, 2))
        if rows := [row for key, (customer, now) in values.items() for row in _value_rows(key, customer, now)]:
            cursor.execute(INSERT_VALUES, as_columns(rows, 7))
        if forgotten := [entry.event for entry in page if isinstance(entry.event, CustomerForgotten)]:
            self.forget(cursor, forgotten)

    def forget(self, cursor: Cursor, forgotten: Sequence[CustomerForgotten]) -> None:
        customers = [fact.customer for fact in forgotten]
        cursor.execute("DELETE FROM custom_field_values WHERE customer = ANY(%s) AND customer <> ''", (customers,))


def _set_row(entry: LoggedEvent) -> tuple[Any, ...]:
    fact = entry.event
    assert isinstance(fact, CustomFieldsPublished)
    return fact.subject, entry.version, fact.effective_on, msgspec.json.encode(fact.fields).decode()


def _values_after(entry: LoggedEvent) -> tuple[Key, str, Mapping[str, str]] | None:
    """Whose values an event says, the customer, and the values."""
    match entry.event:
        case CustomerRegistered(customer=customer):
            return (
                (("customer", customer.number), customer.number, customer.custom_fields)
                if customer.custom_fields
                else None
            )
        case CustomerChanged(customer=customer, before=before) if customer.custom_fields != before.custom_fields:
            return ("customer", customer.number), customer.number, customer.custom_fields
        case ServiceFieldsSet() as fact:
            return ("service", f"{fact.account}/{fact.subscription}"), fact.customer, fact.values
        case TicketOpened() as fact if fact.custom_fields:
            return ("ticket", entry.number), fact.customer, fact.custom_fields
        case TicketFieldsSet() as fact:
            return ("ticket", entry.number), fact.customer, fact.values
    return None


def _value_rows(key: Key, customer: str, values: Mapping[str, str]) -> list[tuple[Any, ...]]:
    return [(*key, customer, code, value, *kept_of_text(value)) for code, value in values.items()]


# --- queries


def field_set(cursor: Cursor, subject: FieldSubject) -> FieldSet:
    """The fields of a kind of subject as they are published."""
    row = cursor.execute(
        "SELECT version, since_on, fields FROM custom_field_sets WHERE subject = %s", (subject,)
    ).fetchone()
    if row is None:
        return FieldSet(subject)
    version, since_on, fields = row
    return FieldSet(subject, version, since_on, msgspec.json.decode(fields, type=tuple[FieldDefinition, ...]))


def values_of(cursor: Cursor, subject: FieldSubject, numbers: Sequence[str]) -> dict[str, dict[str, str]]:
    """The values of subjects by number and code; of services by `ACCOUNT/SUBSCRIPTION`."""
    found: dict[str, dict[str, str]] = {number: {} for number in numbers}
    rows = cursor.execute(
        "SELECT number, code, value FROM custom_field_values WHERE subject = %s AND number = ANY(%s)",
        (subject, list(numbers)),
    )
    for number, code, value in rows:
        found[number][code] = value
    return found


class FoundValue(msgspec.Struct, frozen=True):
    """A value of a searchable field that a text finds, and whose it is."""

    number: str
    customer: str
    code: str
    value: str


def values_found(cursor: Cursor, subject: FieldSubject, text: str, limit: int, dealer: str = "") -> list[FoundValue]:
    """The values of searchable fields of which each word of a text begins one, in order of number.

    With a `dealer`, those of its customers.
    """
    codes = [field.code for field in field_set(cursor, subject).fields if field.is_searchable and not field.is_retired]
    sought = wanted(text)
    if not codes or sought is None:
        return []
    rows = cursor.execute(
        f"""SELECT number, customer, code, value FROM custom_field_values
            WHERE ({sought.exact}) AND subject = %(subject)s AND code = ANY(%(codes)s)
                AND {customers_of("customer", dealer)}
            ORDER BY number, code LIMIT %(limit)s""",
        sought.parameters | {"subject": subject, "codes": codes, "limit": limit, "dealer": dealer},
    )
    return [FoundValue(*row) for row in rows]


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The streams of the values of a customer's services; those of the others stand in the streams of the others."""
    rows = cursor.execute(
        """SELECT DISTINCT 'service-fields/' || number FROM custom_field_values
           WHERE subject = 'service' AND customer = %s ORDER BY 1""",
        (customer,),
    )
    return [stream for (stream,) in rows]


AREA = Area(true_by_date=(CustomFields(),), streams_of_customer=streams_of_customer)

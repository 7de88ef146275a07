"""The keys of persons: personal fields of events are encrypted on the way into the store and revealed on the way out.

AES-256-GCM, two keys per customer, made with the customer's first event in the same transaction. A token is bound to
its stream, version and kind, so that it can be read nowhere else. Storing that a customer was forgotten destroys
the keys in the same transaction: there is no such event without it.

Readers see somebody who was forgotten as erased, at every position of the log. Only the print of a document that the
law keeps asks with the day it is printed on, and has the document key as long as it lives.

What remains of a destroyed key: `VACUUM` frees the row it stood in, so that the next rows are written over it. Backups
and the archive of the write-ahead log hold it until they are thrown away.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from os import urandom
from typing import Any, NamedTuple

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import Cursor

from adapters.postgres.recorder import EventRow
from billing_core.errors import BillingError
from billing_core.events import decode, personal_fields, topic_of
from billing_core.parties import CustomerForgotten
from billing_core.personal import (
    KINDS,
    Contents,
    Kind,
    Stored,
    decode_contents,
    encode_contents,
    join,
    part,
    read_stored,
)

KEY_BYTES = 32
NONCE_BYTES = 12
FORGOTTEN = topic_of(CustomerForgotten)

SELECT_KEYS = """
    SELECT customer, personal_key,
           CASE WHEN documents_kept_until IS NULL OR documents_kept_until > %(on)s::date THEN document_key END
    FROM billing.person_keys WHERE customer = ANY(%(customers)s)
"""
INSERT_KEYS = """
    INSERT INTO billing.person_keys (customer, personal_key, document_key)
    SELECT * FROM unnest(%b::text[], %b::bytea[], %b::bytea[]) ON CONFLICT (customer) DO NOTHING RETURNING customer
"""
# Somebody whose events are all from before there were keys has no row yet; it must say the same.
DESTROY_KEYS = """
    INSERT INTO billing.person_keys AS keys (customer, document_key, documents_kept_until)
    VALUES (%(customer)s, CASE WHEN %(until)s::date IS NOT NULL THEN %(fresh)s::bytea END, %(until)s::date)
    ON CONFLICT (customer) DO UPDATE SET personal_key = NULL, documents_kept_until = excluded.documents_kept_until,
        document_key = CASE WHEN excluded.documents_kept_until IS NOT NULL THEN keys.document_key END
"""
DESTROY_DUE = """
    UPDATE billing.person_keys SET document_key = NULL
    WHERE document_key IS NOT NULL AND documents_kept_until <= %s RETURNING customer
"""

PersonKeys = dict[Kind, bytes | None]


class StoredRow(NamedTuple):
    """An event as it stands in the store."""

    stream: str
    version: int
    topic: str
    state: bytes


class PersonalDataUnreadable(BillingError):
    """A token that its key does not open, or a key that is gone without its owner having been forgotten."""

    code = "personal-data-unreadable"


def protect(cursor: Cursor[Any], rows: Sequence[EventRow]) -> Sequence[EventRow]:
    """The rows as they are to be stored. With one look-up of keys for all of them, and none where nothing is personal.

    Of somebody who was forgotten nothing personal is stored any more.
    """
    parted = {
        index: part(fields, row.state)
        for index, row in enumerate(rows)
        if (fields := personal_fields(row.topic)) is not None
    }
    if parted:
        keys = _keys_to_write(cursor, {item.person for item in parted.values() if item.hidden})
        protected = list(rows)
        for index, item in parted.items():
            row = rows[index]
            if item.hidden:
                tokens = _tokens(keys[item.person], item.hidden, row.originator_id, row.originator_version)
                protected[index] = row._replace(state=item.with_tokens(tokens))
        rows = protected
    for row in rows:
        if row.topic == FORGOTTEN:
            _destroy(cursor, row)
    return rows


def reveal(cursor: Cursor[Any], events: Sequence[StoredRow], kept_on: date | None = None) -> list[bytes]:
    """The JSON of events with what is personal in it, as far as it may be known; the rest of it is erased.

    With one look-up of keys for all of them, and none where nothing is personal. `kept_on` is the day on which a
    document that the law keeps is printed; nobody else names one.
    """
    states = [event.state for event in events]
    stored = {index: found for index, event in enumerate(events) if (found := _read(event)) is not None}
    if stored:
        keys = _keys_to_read(cursor, {item.person for item in stored.values()}, kept_on)
        for index, item in stored.items():
            states[index] = _revealed(events[index], item, keys.get(item.person))
    return states


def destroy_due(cursor: Cursor[Any], today: date) -> list[str]:
    """Destroy the document keys of those whose last document need not be kept any more; the customers' numbers."""
    return sorted(customer for (customer,) in cursor.execute(DESTROY_DUE, (today,)).fetchall())


# --- keys


def _keys_to_write(cursor: Cursor[Any], customers: Collection[str]) -> Mapping[str, PersonKeys]:
    """The keys of customers, made for those who have none yet; in order, so that two who make them do not deadlock."""
    keys = _keys_to_read(cursor, customers, None)
    if missing := sorted(set(customers) - keys.keys()):
        fresh = {customer: _fresh_keys() for customer in missing}
        columns = [list(fresh), *([made[kind] for made in fresh.values()] for kind in KINDS)]
        inserted = {customer for (customer,) in cursor.execute(INSERT_KEYS, columns).fetchall()}
        keys |= {customer: made for customer, made in fresh.items() if customer in inserted}
        if others := set(missing) - inserted:  # Somebody else made theirs at the same time.
            keys |= _keys_to_read(cursor, others, None)
    return keys


def _keys_to_read(cursor: Cursor[Any], customers: Collection[str], on: date | None) -> dict[str, PersonKeys]:
    if not customers:
        return {}
    found = cursor.execute(SELECT_KEYS, {"customers": list(customers), "on": on}, binary=True).fetchall()
    return {customer: dict(zip(KINDS, keys, strict=True)) for customer, *keys in found}


def _fresh_keys() -> PersonKeys:
    return {kind: AESGCM.generate_key(8 * KEY_BYTES) for kind in KINDS}


def _destroy(cursor: Cursor[Any], row: EventRow) -> None:
    fact = decode(row.topic, row.state)
    assert isinstance(fact, CustomerForgotten)
    fresh = AESGCM.generate_key(8 * KEY_BYTES)
    cursor.execute(DESTROY_KEYS, {"customer": fact.customer, "until": fact.kept_until, "fresh": fresh})


# --- tokens


def _tokens(keys: PersonKeys, hidden: Mapping[Kind, Contents], stream: str, version: int) -> dict[Kind, str]:
    tokens: dict[Kind, str] = {}
    for kind, contents in hidden.items():
        if (key := keys[kind]) is not None:
            nonce = urandom(NONCE_BYTES)
            sealed = AESGCM(key).encrypt(nonce, encode_contents(contents), _place(stream, version, kind))
            tokens[kind] = b64encode(nonce + sealed).decode()
    return tokens


def _read(event: StoredRow) -> Stored | None:
    """What of an event needs a key; nothing of one that cannot be read at all, which its decoder will say."""
    if (fields := personal_fields(event.topic)) is None:
        return None
    try:
        stored = read_stored(fields, event.state)
    except (msgspec.DecodeError, LookupError, TypeError):
        return None
    return stored


def _revealed(event: StoredRow, stored: Stored, keys: PersonKeys | None) -> bytes:
    fields = personal_fields(event.topic)
    assert fields is not None
    if keys is None:
        if not stored.tokens:
            return event.state
        raise PersonalDataUnreadable(
            f"has no key for event {event.version} of {event.stream}; restore the table billing.person_keys",
            field="customer",
            value=stored.person,
        )
    found: list[Contents] = []
    for kind in KINDS:
        if (key := keys[kind]) is not None:
            if kind in stored.plain:
                found.append(stored.plain[kind])
            if kind in stored.tokens:
                found.append(_opened(key, stored.tokens[kind], event, kind))
    return join(fields, stored.rest, found)


def _opened(key: bytes, token: str, event: StoredRow, kind: Kind) -> Contents:
    try:
        sealed = b64decode(token, validate=True)
        place = _place(event.stream, event.version, kind)
        return decode_contents(AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place))
    except (InvalidTag, Base64Error, ValueError, TypeError) as error:
        raise PersonalDataUnreadable(
            "holds personal data that were changed, or put there from another event; `billing verify` tells more",
            field="event",
            value=f"{event.stream} {event.version}",
        ) from error


def _place(stream: str, version: int, kind: Kind) -> bytes:
    """Where a token belongs: it is authenticated with it."""
    return f"{stream}/{version}/{kind}".encode()

"""The keys of persons: personal fields of events are encrypted on the way into the store and revealed on the way out.

AES-256-GCM, two keys per customer, made with the customer's first event in the same transaction. A token is bound to
its stream, version and kind, so that it can be read nowhere else. The event that a customer was forgotten destroys the
keys in its own transaction.

Readers see a forgotten customer as erased, at every position of the log. Only the print of a document that the law
keeps names its day, and may use the document key as long as it exists.

Traces of a destroyed key: `VACUUM` frees its row, so that later rows overwrite it. Backups and the archive of the
write-ahead log hold the key until they are deleted.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from os import urandom
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import Cursor

from adapters.postgres.recorder import COPY_FROM_ROWS, copy_rows
from billing_core.accounts.events import AccountOpened
from billing_core.kernel.errors import BillingError
from billing_core.kernel.events import Event, decode, decode_as_stored, encode, lifted
from billing_core.kernel.personal import (
    KINDS,
    Kind,
    PersonalFields,
    Tokens,
    contents_of,
    erase,
    find_personal_fields,
    naming,
    person_of,
    read_tokens,
    show,
    with_tokens,
)
from billing_core.parties.customers import CustomerRegistered
from billing_core.parties.forgotten import CustomerForgotten
from commands.platform.ports import Append

KEY_BYTES = 32
NONCE_BYTES = 12

SELECT_KEYS = """
    SELECT customer, personal_key,
           CASE WHEN documents_kept_until IS NULL OR documents_kept_until > %(on)s::date THEN document_key END
    FROM billing.person_keys WHERE customer = ANY(%(customers)s)
"""
# The database keeps the plan for one person; for a list it makes another one each time.
SELECT_KEYS_OF_ONE = SELECT_KEYS.replace("ANY(%(customers)s)", "%(customer)s")
# The key of documents for who prints none that the law keeps.
USABLE_DOCUMENT_KEY = "CASE WHEN documents_kept_until IS NULL THEN document_key END"
INSERT_KEYS = """
    INSERT INTO billing.person_keys (customer, personal_key, document_key)
    SELECT * FROM unnest(%b::text[], %b::bytea[], %b::bytea[])
"""
COPY_KEYS = "COPY billing.person_keys (customer, personal_key, document_key) FROM STDIN (FORMAT BINARY)"
# A customer with events from before keys were introduced has no row yet; it gets one that says the same.
DESTROY_KEYS = """
    INSERT INTO billing.person_keys AS keys (customer, document_key, documents_kept_until)
    VALUES (%(customer)s, CASE WHEN %(until)s::date IS NOT NULL THEN %(fresh)s::bytea END, %(until)s::date)
    ON CONFLICT (customer) DO UPDATE SET personal_key = NULL, documents_kept_until = excluded.documents_kept_until,
        document_key = CASE WHEN excluded.documents_kept_until IS NOT NULL THEN keys.document_key END
"""
SELECT_OPENED = "SELECT topic, state FROM billing.events WHERE originator_id = %s AND originator_version = 1"
DESTROY_DUE = """
    UPDATE billing.person_keys SET document_key = NULL
    WHERE document_key IS NOT NULL AND documents_kept_until <= %s RETURNING customer
"""

# In the order of KINDS; None is a key that was destroyed.
PersonKeys = tuple[bytes | None, ...]
# The keys that a transaction has read, by person; it looks up nobody's twice.
KeysRead = dict[str, PersonKeys]
NO_TOKENS = Tokens()


class StoredFact(NamedTuple):
    """An event in its stored shape, at its place, with its tokens."""

    stream: str
    version: int
    fact: Event
    tokens: Tokens

    @classmethod
    def read(cls, stream: str, version: int, topic: str, state: bytes) -> StoredFact:
        """Decode stored bytes."""
        fact = decode_as_stored(topic, state)
        tokens = NO_TOKENS if find_personal_fields(type(fact)) is None else read_tokens(state)
        return cls(stream, version, fact, tokens)


class PersonalDataUnreadable(BillingError):
    """A token that its key does not open, or a missing key of a customer who was not forgotten."""

    code = "personal-data-unreadable"


class Protection:
    """Encodes the events of one transaction, with their personal data encrypted.

    It looks up the keys once for all events, and not at all without personal data. No personal data of a forgotten
    customer are stored.
    """

    def __init__(
        self, cursor: Cursor[Any], appends: Iterable[Append], begin: Callable[[], None], read: KeysRead
    ) -> None:
        """`begin` is called before keys are written, so that keys and events are one transaction."""
        persons: set[str] = set()
        newcomers: set[str] = set()
        self.destroys_keys = False
        self._contents: dict[tuple[str, int], tuple[str, dict[Kind, bytes]]] = {}
        customers = _CustomersOfAccounts(cursor, appends)
        for stream, expected_version, events in appends:
            for version, fact in enumerate(events, start=expected_version + 1):
                fields = find_personal_fields(type(fact))
                if fields is not None and (contents := contents_of(fields, fact)):
                    person = person_of(fields, fact) or customers.of(stream)
                    self._contents[stream, version] = person, contents
                    (newcomers if isinstance(fact, CustomerRegistered) else persons).add(person)
                elif isinstance(fact, CustomerForgotten):
                    begin()
                    destroy_keys(cursor, fact)
                    self.destroys_keys = True
        self._keys = _keys_to_write(cursor, persons - newcomers, newcomers, begin, read)

    def encode(self, stream: str, version: int, fact: Event) -> bytes:
        """The bytes to be stored."""
        if (hidden := self._contents.get((stream, version))) is None:
            return encode(fact)
        person, contents = hidden
        nonce = urandom(NONCE_BYTES)  # Every kind has a key of its own, so one is enough for an event.
        tokens: dict[Kind, bytes] = {}
        for kind, key in zip(KINDS, self._keys[person], strict=True):
            if key is not None and (content := contents.get(kind)) is not None:
                tokens[kind] = b64encode(nonce + AESGCM(key).encrypt(nonce, content, _place(stream, version, kind)))
        fields = find_personal_fields(type(fact))
        assert fields is not None
        named = erase(fields, fact) if person == stream else naming(fields, erase(fields, fact), person)
        return with_tokens(encode(named), tokens)


class _CustomersOfAccounts:
    """Whose an account is, for events that say something personal and leave it to the store to name the person.

    A stream that is no account's stands for its person itself, such as a ticket of somebody who is no customer.
    """

    def __init__(self, cursor: Cursor[Any], appends: Iterable[Append]) -> None:
        self._cursor = cursor
        self._appends = appends
        self._known: dict[str, str] = {}

    def of(self, stream: str) -> str:
        if stream not in self._known:
            opened = next((each.events[0] for each in self._appends if each[:2] == (stream, 0) and each.events), None)
            if opened is None:
                row = self._cursor.execute(SELECT_OPENED, (stream,)).fetchone()
                opened = decode(*row) if row else None
            self._known[stream] = opened.customer if isinstance(opened, AccountOpened) else stream
        return self._known[stream]


def reveal(
    cursor: Cursor[Any], stored: Sequence[StoredFact], kept_on: date | None = None, read: KeysRead | None = None
) -> list[Event]:
    """The events in today's shape, with the personal data that may be known; the others are erased.

    It needs one look-up of keys for all events, and none without personal data. `kept_on` is the day on which a
    document that the law keeps is printed; no other caller names one. Keys that stand in `read` are not looked up, and
    those that were looked up are added to it.
    """
    facts = [item.fact for item in stored]
    found = {index: fields for index, item in enumerate(stored) if (fields := _personal_fields(item))}
    if found:
        persons = {index: person_of(fields, facts[index]) or stored[index].stream for index, fields in found.items()}
        keys = {} if read is None else read
        if unread := set(persons.values()) - keys.keys():
            keys |= _keys_to_read(cursor, unread, kept_on)
        for index, fields in found.items():
            facts[index] = _revealed(stored[index], fields, keys.get(persons[index]))
    return [lifted(fact) for fact in facts]


def _personal_fields(item: StoredFact) -> PersonalFields | None:
    """The personal fields of an event that are not empty, hidden or not."""
    fields = find_personal_fields(type(item.fact))
    if fields is None or (item.tokens == NO_TOKENS and not contents_of(fields, item.fact)):
        return None
    return fields


def destroy_due(cursor: Cursor[Any], today: date) -> list[str]:
    """Destroy the document keys of customers whose documents need not be kept any longer; their numbers."""
    return sorted(customer for (customer,) in cursor.execute(DESTROY_DUE, (today,)).fetchall())


# --- keys


def _keys_to_write(
    cursor: Cursor[Any], persons: set[str], newcomers: set[str], begin: Callable[[], None], read: KeysRead
) -> Mapping[str, PersonKeys]:
    """The keys of persons, made for those without any: a customer who is being registered has none for certain.

    Concurrent creation is a `VersionConflict`. If a customer is forgotten after the keys were read, what is written
    with them can be read by nobody.
    """
    unread = persons - read.keys()
    keys = {**read, **(_keys_to_read(cursor, unread, None) if unread else {})}
    if missing := sorted(newcomers | (persons - keys.keys())):
        begin()
        rows = [(customer, urandom(KEY_BYTES), urandom(KEY_BYTES)) for customer in missing]
        if len(rows) < COPY_FROM_ROWS:
            cursor.execute(INSERT_KEYS, [list(column) for column in zip(*rows, strict=True)])
        else:
            copy_rows(cursor, COPY_KEYS, ("text", "bytea", "bytea"), rows)
        keys |= {customer: tuple(made) for customer, *made in rows}
    return keys


def _keys_to_read(cursor: Cursor[Any], customers: Collection[str], on: date | None) -> dict[str, PersonKeys]:
    if len(customers) == 1:
        (customer,) = customers
        found = cursor.execute(SELECT_KEYS_OF_ONE, {"customer": customer, "on": on}, binary=True).fetchall()
    else:
        found = cursor.execute(SELECT_KEYS, {"customers": list(customers), "on": on}, binary=True).fetchall()
    return {customer: tuple(keys) for customer, *keys in found}


def destroy_keys(cursor: Cursor[Any], fact: CustomerForgotten) -> None:
    """Destroy the keys of a forgotten customer, except those that kept documents need; a repetition changes nothing."""
    for person, until in ((fact.customer, fact.kept_until), *((sender, None) for sender in fact.senders)):
        cursor.execute(DESTROY_KEYS, {"customer": person, "until": until, "fresh": urandom(KEY_BYTES)})


# --- tokens


def _revealed(item: StoredFact, fields: PersonalFields, keys: PersonKeys | None) -> Event:
    if keys is None:
        if item.tokens == NO_TOKENS:
            return item.fact  # It is from before keys were introduced.
        raise PersonalDataUnreadable(
            f"has no key for event {item.version} of {item.stream}; restore the table billing.person_keys",
            field="customer",
            value=person_of(fields, item.fact) or item.stream,
        )
    contents: dict[Kind, bytes] = {}
    for kind, key in zip(KINDS, keys, strict=True):
        if key is not None and (token := item.tokens.of(kind)) is not None:
            contents[kind] = _opened(key, token, item, kind)
    fact = show(fields, item.fact, contents) if contents else item.fact
    if item.tokens == NO_TOKENS:
        destroyed = [kind for kind, key in zip(KINDS, keys, strict=True) if key is None]
        return erase(fields, fact, destroyed) if destroyed else fact
    return fact


def _opened(key: bytes, token: str, item: StoredFact, kind: Kind) -> bytes:
    try:
        sealed = b64decode(token, validate=True)
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _place(item.stream, item.version, kind))
    except (InvalidTag, ValueError) as error:
        raise PersonalDataUnreadable(
            "holds personal data that were altered or moved from another event; check with `billing verify`",
            field="event",
            value=f"{item.stream} {item.version}",
        ) from error


def _place(stream: str, version: int, kind: Kind) -> bytes:
    """The place of a token, with which it is authenticated."""
    return f"{stream}/{version}/{kind}".encode()

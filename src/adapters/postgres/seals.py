"""Seals in PostgreSQL: rows of events as bytes, the seals made of them, and the check of the store against both.

Rows come by binary COPY, which sends each event in one message in the form that is hashed: so a check reads at the
speed of the database, with one object per event. A check reads one snapshot of the store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from itertools import chain, islice
from time import monotonic, sleep
from typing import Any, LiteralString

import msgspec
from eventsourcing.postgres import PostgresDatastore
from psycopg import Cursor
from psycopg.rows import tuple_row

from adapters.postgres.datastore import lift_cap
from adapters.postgres.failures import translated_errors
from adapters.postgres.log import PostgresLog
from adapters.postgres.tables import PostgresTables
from billing_core.integrity.merkle import leaf_at, leaf_of, leaves_of, root_of
from billing_core.integrity.seals import (
    Finding,
    IsSigned,
    Proof,
    Seal,
    changed,
    find_sealed_position,
    first_difference,
    inserted,
    make_proof,
    make_seal,
    position_of,
    read_chain,
    read_row,
    removed,
    reordered,
    seal_of,
)
from billing_core.kernel.errors import BillingError, NotFound
from commands.platform.progress import Progress

SEALED_POSITIONS = 10_000
PATIENCE_SECONDS = 10.0
POLL_SECONDS = 0.05
SEALER = "sealer"

# The header and trailer of a binary COPY.
COPY_HEAD_BYTES = 19
COPY_END = b"\xff\xff"

COPY_ROWS: LiteralString = """
    COPY (SELECT position, originator_id, originator_version, topic, state, metadata, effective_on, recorded_at,
                 transaction_id
          FROM billing.events WHERE {which}) TO STDOUT (FORMAT BINARY)
"""
COPY_RANGE = COPY_ROWS.replace("{which}", "position BETWEEN %s AND %s ORDER BY position")
COPY_BELOW = COPY_ROWS.replace("{which}", "position < %s ORDER BY position LIMIT 1")
COPY_STREAM = COPY_ROWS.replace("{which}", "originator_id = %s ORDER BY originator_version")
SELECT_LINES = "SELECT seal FROM billing.seals ORDER BY number"
SELECT_POSITIONS = "SELECT position FROM billing.events WHERE position BETWEEN %s AND %s ORDER BY position"
COUNT_EVENTS = "SELECT count(*) FROM billing.events WHERE position BETWEEN %s AND %s"


class SealsBroken(BillingError):
    """The seals are broken, so no new seal can continue them."""

    code = "seals-broken"


class RangeDiffers(Exception):
    """Ends the reading of events at the first seal that does not fit them; never leaves this module."""

    def __init__(self, seal: Seal) -> None:
        super().__init__(f"seal {seal.number}")
        self.seal = seal


class Verified(msgspec.Struct, frozen=True):
    """The result of a check: seals and sealed events, events without a seal yet, and findings.

    `published` are the seals of the published file that were compared; None without a file.
    """

    seals: int
    events: int
    unsealed: int
    findings: list[Finding]
    published: int | None = None


class PostgresSeals:
    """Makes and checks the seals of one store, and proves events by them."""

    def __init__(
        self,
        datastore: PostgresDatastore,
        log: PostgresLog,
        tables: PostgresTables,
        sealed_positions: int = SEALED_POSITIONS,
    ) -> None:
        self._datastore = datastore
        self._log = log
        self._tables = tables
        self._sealed_positions = sealed_positions

    # --- making seals

    @contextmanager
    def only_sealer(self) -> Iterator[None]:
        """Waits for another sealer."""
        with self._tables.only_runner(SEALER):
            yield

    def lines(self) -> list[str]:
        """All seals, in order, as they are published."""
        with self._reading() as cursor:
            return _lines(cursor)

    def newest(self) -> Seal | None:
        """The newest seal; None without seals."""
        with self._reading() as cursor:
            return _newest(cursor)

    def seal(self, sign: Callable[[bytes], bytes], rest: bool, progress: Progress) -> list[Seal]:
        """Seal every complete range of final positions, and the rest after them if wanted; the new seals."""
        final = self._final_position()
        made: list[Seal] = []
        while seal := self._seal_next(sign, final, rest):
            made.append(seal)
            progress(seal.count)
        return made

    def _final_position(self) -> int:
        """The end of the log; if a transaction is still writing before it, the final position after some patience."""
        wanted, give_up_at = self._log.newest_position(), monotonic() + PATIENCE_SECONDS
        while (final := self._log.final_position()) < wanted and monotonic() < give_up_at:
            sleep(POLL_SECONDS)
        return final

    def _seal_next(self, sign: Callable[[bytes], bytes], final: int, rest: bool) -> Seal | None:
        with self._reading(writes=True) as cursor:
            previous = _newest(cursor)
            sealed = previous.last if previous else 0
            last = sealed + self._sealed_positions
            if last > final:
                if not rest or sealed >= final:
                    return None
                last = final
            rows = _copied(cursor, COPY_RANGE, sealed + 1, last)
            leaves = leaves_of(rows)
            seal = make_seal(previous, last, rows, leaves, datetime.now(UTC), sign)
            cursor.execute(
                "INSERT INTO billing.seals (number, seal, leaves) VALUES (%s, %s, %s)", (seal.number, seal.line, leaves)
            )
            return seal

    # --- checking them

    def verify(self, is_signed: IsSigned, published: Sequence[str] | None, progress: Progress) -> Verified:
        """Compare every sealed event with its seal, and the seals with each other and with those published."""
        found = None
        try:
            with self._reading() as cursor:
                seals, findings = _sound_seals(cursor, is_signed, published)
                unsealed = _scalar(cursor, COUNT_EVENTS, seals[-1].last + 1 if seals else 1, 2**63 - 1)
                found = next((inserted(row) for row in _copied(cursor, COPY_BELOW, 1)), None)
                if found is None:
                    _compare(cursor, seals, progress)
        except RangeDiffers as differs:
            with self._reading() as cursor:
                rows = _copied(cursor, COPY_RANGE, differs.seal.first, differs.seal.last)
                found = self._explain(cursor, seals, differs.seal, _leaves(cursor, differs.seal), rows)
        events = sum(seal.count for seal in seals)
        return Verified(len(seals), events, unsealed, [*([found] if found else []), *findings], _count(published))

    def verify_stream(self, stream: str, is_signed: IsSigned, published: Sequence[str] | None) -> Verified:
        """Compare the events of one stream with their seals.

        The stream of a missing event is unknown, so every sealed position without its event is a finding.
        """
        with self._reading() as cursor:
            seals, findings = _sound_seals(cursor, is_signed, published)
            rows = _copied(cursor, COPY_STREAM, stream)
            if not rows:
                raise NotFound("has no event; streams are named like account/A0001", field="stream", value=stream)
            found = self._first_in_stream(cursor, seals, rows) or _first_hole(cursor, seals)
            unsealed = sum(1 for row in rows if not seals or position_of(row) > seals[-1].last)
            findings = [*([found] if found else []), *findings]
            return Verified(len(seals), len(rows) - unsealed, unsealed, findings, _count(published))

    def _first_in_stream(self, cursor: Cursor[Any], seals: Sequence[Seal], rows: Sequence[bytes]) -> Finding | None:
        known: dict[int, bytes] = {}
        for expected, row in enumerate(rows, start=1):
            position, version = position_of(row), read_row(row).version
            seal = seal_of(seals, position)
            if seal is not None:
                if seal.number not in known:
                    known[seal.number] = _leaves(cursor, seal)
                    if root_of(known[seal.number]) != seal.root:
                        return Finding(f"the list of hashes of seal {seal.number} was changed", seal=seal.number)
                index = seal.index_of(position)
                if index is None or leaf_at(known[seal.number], index) != leaf_of(row):
                    return self._told(cursor, seals, row, inserted if index is None else changed)
            elif position < 1 or (seals and position <= seals[-1].last):
                return inserted(row)
            if version != expected:
                return Finding(f"version {expected} of {read_row(row).stream} was removed")
        return None

    def _explain(
        self, cursor: Cursor[Any], seals: Sequence[Seal], seal: Seal, stored: bytes, rows: Sequence[bytes]
    ) -> Finding:
        """The fault of a range: its first event that differs, or only the list of hashes of its seal."""
        found = first_difference(seal, stored or None, rows)
        if found is None:
            return Finding(f"the list of hashes of seal {seal.number} was changed", seal=seal.number)
        row = next((row for row in rows if position_of(row) == found.position), None)
        if row is None:
            return found
        return self._told(cursor, seals, row, lambda _: found)

    def _told(
        self, cursor: Cursor[Any], seals: Sequence[Seal], row: bytes, otherwise: Callable[[bytes], Finding]
    ) -> Finding:
        """The fault of an event that differs from the sealed one at its position; it may have been sealed at another
        one.
        """
        for seal in seals:
            stood_at = find_sealed_position(row, seal, _leaves(cursor, seal))
            if stood_at is not None:
                return reordered(row, stood_at)
        return otherwise(row)

    # --- proving one event

    def prove(self, position: int, is_signed: IsSigned) -> Proof:
        """A proof of the event at a position."""
        with self._reading() as cursor:
            seals, _ = read_chain(_lines(cursor), is_signed)
            seal = seal_of(seals, position)
            if seal is None:
                raise NotFound("is not sealed yet; seal it with `billing seal --now`", field="position", value=position)
            if seal.index_of(position) is None:
                raise NotFound("holds no event: the position was never used", field="position", value=position)
            rows = _copied(cursor, COPY_RANGE, seal.first, seal.last)
            leaves = leaves_of(rows)
            if root_of(leaves) != seal.root:
                raise SealsBroken(
                    f"cannot be proved: events of seal {seal.number} were changed; `billing verify` names the first",
                    field="position",
                    value=position,
                )
            return make_proof(seal, next(row for row in rows if position_of(row) == position), leaves)

    @contextmanager
    def _reading(self, writes: bool = False) -> Iterator[Cursor[Any]]:
        """One snapshot of the whole store."""
        with translated_errors(), self._datastore.transaction(commit=True) as cursor:
            cursor.row_factory = tuple_row  # type: ignore[assignment]
            cursor.execute(f"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ {'WRITE' if writes else 'ONLY'}")
            cursor.execute("SET LOCAL client_encoding TO 'UTF8'")
            if not writes:
                lift_cap(cursor)
            yield cursor


def _sound_seals(
    cursor: Cursor[Any], is_signed: IsSigned, published: Sequence[str] | None
) -> tuple[list[Seal], list[Finding]]:
    """The sound seals, and the first faulty one. Published seals replace those that the store has lost."""
    lines = _lines(cursor)
    seals, broken = read_chain(lines, is_signed)
    findings = [broken] if broken else []
    if published is None:
        return seals, findings
    trusted, broken = read_chain(published, is_signed)
    if broken:
        findings.append(Finding(f"in the published file, {broken.text}", seal=broken.seal))
    differs = next((seal for seal, line in zip(trusted, lines, strict=False) if seal.line != line), None)
    if differs:
        findings.append(Finding(f"seal {differs.number} is not the one that was published", seal=differs.number))
    elif len(trusted) > len(lines):
        text = f"seal {len(lines) + 1} was published, but is missing in the store: the newest events were cut off"
        findings.append(Finding(text, seal=len(lines) + 1))
    return trusted if differs or len(trusted) > len(seals) else seals, findings


def _count(published: Sequence[str] | None) -> int | None:
    return None if published is None else len(published)


def _compare(cursor: Cursor[Any], seals: Sequence[Seal], progress: Progress) -> None:
    """Raise `RangeDiffers` with the first seal that its events, or its list of hashes, do not match.

    All events are read in one statement, so that the database reads ahead while earlier ones are hashed. Each seal
    takes as many events as it covers: a missing or additional one is noticed at once, because the seal then takes one
    of its neighbour's.
    """
    lists = dict(cursor.execute("SELECT number, sha256(leaves) FROM billing.seals").fetchall())
    with cursor.copy(COPY_RANGE, (1, seals[-1].last if seals else 0)) as copy:
        messages: Iterator[Any] = iter(copy)
        rows = chain((next(messages)[COPY_HEAD_BYTES:],), messages)
        for seal in seals:
            leaves = leaves_of(islice(rows, seal.count))
            digest = sha256(leaves).digest()
            if root_of(leaves) != seal.root or lists.get(seal.number, digest) != digest:
                raise RangeDiffers(seal)
            progress(seal.count)
        if list(islice(rows, 2)) != [COPY_END]:
            raise RangeDiffers(seals[-1])


def _first_hole(cursor: Cursor[Any], seals: Sequence[Seal]) -> Finding | None:
    """The first sealed position without an event, which may have been of any stream."""
    for seal in seals:
        if _scalar(cursor, COUNT_EVENTS, seal.first, seal.last) < seal.count:
            present = {position for (position,) in cursor.execute(SELECT_POSITIONS, (seal.first, seal.last))}
            hole = removed(next(position for position in seal.positions() if position not in present))
            return Finding(f"{hole.text}; its stream is not known", hole.position)
    return None


def _copied(cursor: Cursor[Any], statement: LiteralString, *parameters: object) -> list[bytes]:
    """The rows that a COPY sends, one message each; the first message has the head before it."""
    with cursor.copy(statement, parameters) as copy:
        messages = [bytes(message) for message in copy]
    messages[0] = messages[0][COPY_HEAD_BYTES:]
    assert messages.pop() == COPY_END
    return messages


def _lines(cursor: Cursor[Any]) -> list[str]:
    return [line for (line,) in cursor.execute(SELECT_LINES)]


def _newest(cursor: Cursor[Any]) -> Seal | None:
    row = cursor.execute("SELECT seal FROM billing.seals ORDER BY number DESC LIMIT 1").fetchone()
    try:
        return msgspec.json.decode(row[0], type=Seal) if row else None
    except msgspec.MsgspecError as error:
        raise SealsBroken("the newest seal is malformed; `billing verify` names the change") from error


def _leaves(cursor: Cursor[Any], seal: Seal) -> bytes:
    """The list of hashes of a seal, empty if it is lost."""
    found = cursor.execute("SELECT leaves FROM billing.seals WHERE number = %s", (seal.number,), binary=True).fetchone()
    return bytes(found[0]) if found else b""


def _scalar(cursor: Cursor[Any], statement: LiteralString, *parameters: object) -> int:
    row = cursor.execute(statement, parameters).fetchone()
    assert row is not None
    return int(row[0])

"""Seals: what is hashed, chained and signed, so that a changed history of events shows.

This module decides the content of a seal and what breaks it. It reads no store and knows no signature algorithm: a
function checks signatures. The format, precisely:

Row. An event as bytes, every column of it: a 2-byte count of fields (9), then for each field its length (4 bytes) and
its value, in the order of `FIELDS`. Numbers are big-endian and signed; position, version and transaction take 8
bytes, `effective_on` 4 (days since 2000-01-01), `recorded_at` 8 (microseconds since 2000-01-01 00:00 UTC); texts are
UTF-8, the state is as stored. It is one row of PostgreSQL's binary COPY. As lengths stand before values, no
two different events have the same row.

Tree. The Merkle tree of RFC 6962 with H = SHA-256 (see `merkle`): a leaf is H(00 row), a node H(01 left right), a
tree splits at the largest power of two below its size, the root of no leaves is H(). Leaves stand in order of position.

Seal. It covers the positions `first` to `last`, both included. Positions that were assigned but never used are `gaps`,
as pairs of first and last. What is signed is the message

    "billing-seal/1" number first last sealed_at root previous count-of-gaps (gap-first gap-last)*

with 8-byte numbers, except for the 4-byte count, `sealed_at` in microseconds since 1970-01-01 00:00 UTC, and the 32
bytes of `root` and `previous`. `previous` is H(message of the seal before), 32 zero bytes for seal 1. Seal 1 starts at
position 1, each other one right after the one before. The signature is Ed25519 over the message.

Line. A seal is stored and published as one line of JSON without spaces, keys in the order of `Seal`, bytes in Base64.

Worked example: positions 1 and 3 hold the rows "a" and "b" (real ones are longer), 2 was never used.

    leaves    H(00 "a") = 022a6979...   H(00 "b") = 57eb3561...
    root      H(01 022a6979... 57eb3561...) = b137985ff484fb600db93107c77b0365c80d78f5b429ded0fd97361d077999eb
    message   "billing-seal/1" 1 1 3 0 b137985f... 00..00 1 (2 2), 130 bytes, where sealed_at is 1970-01-01 00:00 UTC
    previous of seal 2   H(message) = 7ce163e791f66b4972958fc37124e9907a0334f7b949832982639f1d11734a89
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from struct import error as StructError
from struct import pack
from typing import NamedTuple

import msgspec

from billing_core.integrity.merkle import HASH_BYTES, leaf_at, leaf_of, leaves_of, path_of, root_by_path, root_of
from billing_core.kernel.errors import BillingError

FIELDS = (
    "position", "stream", "version", "topic", "state", "metadata", "effective_on", "recorded_at", "transaction",
)  # fmt: skip
POSITION = slice(6, 14)  # After the count of fields and the length of the first one.
NO_PREVIOUS = bytes(HASH_BYTES)
MALFORMED = (msgspec.MsgspecError, StructError, ValueError, TypeError, ArithmeticError)

IsSigned = Callable[[bytes, bytes], bool]
"""Whether a signature of a message is good: (message, signature)."""


class ProofRefused(BillingError):
    """A proof is not valid: it was altered, or made with another key."""

    code = "proof-refused"


class Finding(msgspec.Struct, frozen=True):
    """Something that is not as it was sealed, and where: an event by its position, or a seal by its number."""

    text: str
    position: int | None = None
    seal: int | None = None


# --- a row


class SealedEvent(msgspec.Struct, frozen=True):
    """An event as in its row."""

    position: int
    stream: str
    version: int
    topic: str
    state: str
    metadata: str
    effective_on: date
    recorded_at: datetime
    transaction: int


def position_of(row: bytes) -> int:
    return int.from_bytes(row[POSITION], "big", signed=True)


def at_position(row: bytes, position: int) -> bytes:
    """The row of the same event, had it stood elsewhere."""
    return row[: POSITION.start] + pack(">q", position) + row[POSITION.stop :]


def read_row(row: bytes) -> SealedEvent:
    """The fields of a row; `ProofRefused` if it is not a row."""
    fields, offset = [], 2
    for _ in FIELDS:
        length = int.from_bytes(row[offset : offset + 4], "big")
        fields.append(row[offset + 4 : offset + 4 + length])
        offset += 4 + length
    if row[:2] != pack(">h", len(FIELDS)) or offset != len(row):
        raise ProofRefused("the row of the event is malformed: it was altered")
    position, stream, version, topic, state, metadata, effective_on, recorded_at, transaction = fields
    return SealedEvent(
        position=_number(position),
        stream=stream.decode(),
        version=_number(version),
        topic=topic.decode(),
        state=state.decode(errors="replace"),
        metadata=metadata.decode(),
        effective_on=date(2000, 1, 1) + timedelta(days=_number(effective_on)),
        recorded_at=datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=_number(recorded_at)),
        transaction=_number(transaction),
    )


def _number(field: bytes) -> int:
    return int.from_bytes(field, "big", signed=True)


# --- seals and their chain


class Gap(NamedTuple):
    """Positions without an event, both included."""

    first: int
    last: int


class Seal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The permanent facts about a range of positions."""

    number: int
    first: int
    last: int
    gaps: tuple[Gap, ...]
    root: bytes
    previous: bytes
    sealed_at: datetime
    signature: bytes = b""

    @property
    def message(self) -> bytes:
        """The signed message."""
        microseconds = (self.sealed_at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        head = pack(">14s4q32s32si", b"billing-seal/1", self.number, self.first, self.last, microseconds,
                    self.root, self.previous, len(self.gaps))  # fmt: skip
        return head + b"".join(pack(">2q", *gap) for gap in self.gaps)

    @property
    def hash(self) -> bytes:
        """The hash by which the next seal names this one."""
        return sha256(self.message).digest()

    @property
    def line(self) -> str:
        """The seal as it is stored and published."""
        return msgspec.json.encode(self).decode()

    @property
    def count(self) -> int:
        """How many events it covers."""
        return self.last - self.first + 1 - sum(gap.last - gap.first + 1 for gap in self.gaps)

    def positions(self) -> Iterator[int]:
        """The positions of its events."""
        start = self.first
        for gap in self.gaps:
            yield from range(start, gap.first)
            start = gap.last + 1
        yield from range(start, self.last + 1)

    def index_of(self, position: int) -> int | None:
        """Which of its events stands at a position, counted from 0."""
        if not self.first <= position <= self.last or any(gap.first <= position <= gap.last for gap in self.gaps):
            return None
        return position - self.first - sum(gap.last - gap.first + 1 for gap in self.gaps if gap.last < position)


def make_seal(
    previous: Seal | None,
    last: int,
    rows: Sequence[bytes],
    leaves: bytes,
    sealed_at: datetime,
    sign: Callable[[bytes], bytes],
) -> Seal:
    """The seal after the previous one, over the rows of all events up to a position."""
    first = previous.last + 1 if previous else 1
    used = [first - 1, *map(position_of, rows), last + 1]
    gaps = tuple(Gap(a + 1, b - 1) for a, b in pairwise(used) if b - a > 1)
    number = previous.number + 1 if previous else 1
    seal = Seal(number, first, last, gaps, root_of(leaves), previous.hash if previous else NO_PREVIOUS, sealed_at)
    return msgspec.structs.replace(seal, signature=sign(seal.message))


def read_chain(lines: Iterable[str], is_signed: IsSigned) -> tuple[list[Seal], Finding | None]:
    """The seals up to the first one that is not what it must be, and what is wrong with it."""
    seals: list[Seal] = []
    for number, line in enumerate(lines, start=1):
        fault = None
        try:
            seal = msgspec.json.decode(line, type=Seal)
            fault = _fault(seal, seals[-1] if seals else None, number, line, is_signed)
        except MALFORMED as error:
            fault = f"is malformed: {error}"
        if fault:
            return seals, Finding(f"seal {number} {fault}", seal=number)
        seals.append(seal)
    return seals, None


def _fault(seal: Seal, previous: Seal | None, number: int, line: str, is_signed: IsSigned) -> str | None:
    if seal.number != number:
        return f"is missing or was moved: seal {seal.number} stands in its place"
    if len(seal.root) != HASH_BYTES or seal.previous != (previous.hash if previous else NO_PREVIOUS):
        return "does not follow from the one before: one of the two was rewritten"
    if not is_signed(seal.message, seal.signature) or seal.line != line:
        return "was rewritten: its signature does not fit its content"
    if seal.first != (previous.last + 1 if previous else 1) or seal.last < seal.first:
        return "does not start right after the one before"
    return None


# --- what breaks a seal


def first_difference(seal: Seal, leaves: bytes | None, rows: Sequence[bytes]) -> Finding | None:
    """The first event that is not as it was sealed.

    The list of leaves tells which one; if it is lost or was changed too, only missing and additional events have a
    position, and a changed one is known to be in the range.
    """
    found = leaves_of(rows)
    if leaves is not None and root_of(leaves) != seal.root:
        leaves = None
    positions = list(seal.positions())
    for index, row in enumerate(rows):
        position = position_of(row)
        if index == len(positions) or position < positions[index]:
            return inserted(row)
        if position > positions[index]:
            return removed(positions[index])
        if leaves is not None and leaf_at(leaves, index) != leaf_at(found, index):
            return changed(row)
    if len(rows) < len(positions):
        return removed(positions[len(rows)])
    if root_of(found) == seal.root:
        return None
    text = f"an event between positions {seal.first} and {seal.last} was changed; which one is not known, because "
    return Finding(text + f"the list of hashes of seal {seal.number} was changed too", seal=seal.number)


def inserted(row: bytes) -> Finding:
    return _finding(row, "was inserted")


def changed(row: bytes) -> Finding:
    return _finding(row, "was changed")


def reordered(row: bytes, stood_at: int) -> Finding:
    return _finding(row, f"was moved: it was sealed at position {stood_at}")


def removed(position: int) -> Finding:
    return Finding(f"the event at position {position} was removed", position)


def _finding(row: bytes, what: str) -> Finding:
    event = read_row(row)
    text = f"the event at position {event.position}, {event.topic} of {event.stream}, {what}"
    return Finding(text, event.position)


def find_sealed_position(row: bytes, seal: Seal, leaves: bytes) -> int | None:
    """Where within a seal this very event was sealed, if at another position than it stands now."""
    for index, position in enumerate(seal.positions()):
        if leaf_of(at_position(row, position)) == leaf_at(leaves, index):
            return position
    return None


def seal_of(seals: Sequence[Seal], position: int) -> Seal | None:
    """The seal that covers a position, of a chain."""
    index = bisect_right(seals, position, key=lambda seal: seal.first) - 1
    return seals[index] if index >= 0 and position <= seals[index].last else None


# --- the proof of one event


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One event, the path from it to a root, and the seal that vouches for the root."""

    format: str
    row: bytes
    path: list[bytes]
    seal: Seal


PROOF_FORMAT = "billing-proof/1"


def make_proof(seal: Seal, row: bytes, leaves: bytes) -> Proof:
    index = seal.index_of(position_of(row))
    assert index is not None
    return Proof(PROOF_FORMAT, row, path_of(leaves, index), seal)


def check_proof(proof: Proof, is_signed: IsSigned) -> SealedEvent:
    """The event that a proof is for; raises `ProofRefused` if it proves nothing."""
    if proof.format != PROOF_FORMAT:
        raise ProofRefused(f"this program reads {PROOF_FORMAT} only", field="format", value=proof.format)
    seal = proof.seal
    if not _is_signed(seal, is_signed):
        raise ProofRefused("the seal is not signed by this key: it was altered, or another key is needed")
    index = seal.index_of(position_of(proof.row))
    leaf = leaf_of(proof.row)
    if index is None or root_by_path(leaf, index, seal.count, proof.path) != seal.root:
        raise ProofRefused("the event is not the one that was sealed: it or its path was altered")
    return read_row(proof.row)


def _is_signed(seal: Seal, is_signed: IsSigned) -> bool:
    if len(seal.root) != HASH_BYTES or len(seal.previous) != HASH_BYTES:
        return False
    try:
        return is_signed(seal.message, seal.signature)
    except MALFORMED:
        return False

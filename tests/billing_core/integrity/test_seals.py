"""What a seal says, by the worked example of its module, and which changes of a chain are noticed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from struct import pack

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.integrity.merkle import leaves_of, root_of
from billing_core.integrity.seals import (
    Finding,
    Gap,
    ProofRefused,
    Seal,
    at_position,
    check_proof,
    find_sealed_position,
    first_difference,
    make_proof,
    make_seal,
    position_of,
    read_chain,
    read_row,
    seal_of,
)

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def sign(message: bytes) -> bytes:
    return sha256(b"secret" + message).digest()


def is_signed(message: bytes, signature: bytes) -> bool:
    return signature == sign(message)


def row(position: int, stream: str = "account/A1", state: str = "{}") -> bytes:
    number = pack(">q", position)
    values = [number, stream.encode(), pack(">q", 1), b"t/1", state.encode(), b"{}", pack(">i", 9497), number, number]
    return pack(">h", 9) + b"".join(pack(">i", len(value)) + value for value in values)


@dataclass
class Chain:
    """Seals over rows, three positions each."""

    positions: list[int]
    seals: list[Seal] = field(default_factory=list)

    def sealed_up_to(self, last: int) -> Chain:
        while (self.seals[-1].last if self.seals else 0) < last:
            previous = self.seals[-1] if self.seals else None
            first = previous.last + 1 if previous else 1
            rows = [row(position) for position in self.positions if first <= position < first + 3]
            self.seals.append(make_seal(previous, first + 2, rows, leaves_of(rows), NOW, sign))
        return self

    @property
    def lines(self) -> list[str]:
        return [seal.line for seal in self.seals]


def test_the_worked_example():
    root = root_of(leaves_of([b"a", b"b"]))
    seal = Seal(1, 1, 3, (Gap(2, 2),), root, bytes(32), datetime(1970, 1, 1, tzinfo=UTC))
    assert root.hex() == "b137985ff484fb600db93107c77b0365c80d78f5b429ded0fd97361d077999eb"
    assert len(seal.message) == 130
    assert seal.hash.hex() == "7ce163e791f66b4972958fc37124e9907a0334f7b949832982639f1d11734a89"


def test_a_row_tells_its_event():
    event = read_row(row(7, "account/Ž", '{"a":1}'))
    assert (event.position, event.stream, event.version, event.topic) == (7, "account/Ž", 1, "t/1")
    assert (event.state, event.metadata, event.effective_on) == ('{"a":1}', "{}", date(2026, 1, 1))
    assert position_of(at_position(row(7), 9)) == 9
    for broken in (b"", row(7)[:-1], row(7) + b"x", b"\0\x08" + row(7)[2:]):
        with pytest.raises(ProofRefused, match="malformed"):
            read_row(broken)


@given(st.sets(st.integers(1, 12)))
def test_a_seal_knows_its_positions(used: set[int]):
    for seal in Chain(sorted(used)).sealed_up_to(12).seals:
        mine = [position for position in sorted(used) if seal.first <= position <= seal.last]
        assert list(seal.positions()) == mine
        assert seal.count == len(mine)
        assert [seal.index_of(position) for position in mine] == list(range(len(mine)))
        assert all(seal.index_of(position) is None for position in range(-1, 15) if position not in mine)


def test_a_chain_comes_back_from_its_lines():
    chain = Chain([1, 2, 4, 5, 6, 9]).sealed_up_to(9)
    assert read_chain(chain.lines, is_signed) == (chain.seals, None)
    assert [seal_of(chain.seals, position) for position in (0, 3, 4, 9, 10)] == [
        None, chain.seals[0], chain.seals[1], chain.seals[2], None,
    ]  # fmt: skip


def replaced(line: str, **values: object) -> str:
    return msgspec.json.encode(msgspec.json.decode(line) | values).decode()


def signed_again(line: str, **values: object) -> str:
    seal = msgspec.structs.replace(msgspec.json.decode(line, type=Seal), **values)
    return msgspec.structs.replace(seal, signature=sign(seal.message)).line


REWRITTEN = {
    "removed": (lambda a, b, c: [a, c], 2, "is missing or was moved"),
    "swapped": (lambda a, b, c: [a, c, b], 2, "is missing or was moved"),
    "another end": (lambda a, b, c: [a, replaced(b, last=7), c], 2, "signature does not fit"),
    "another gap": (lambda a, b, c: [a, replaced(b, gaps=[[6, 6]]), c], 2, "signature does not fit"),
    "another root": (lambda a, b, c: [a, replaced(b, root="A" * 43 + "="), c], 2, "signature does not fit"),
    "a short root": (lambda a, b, c: [a, replaced(b, root=""), c], 2, "was rewritten"),
    "another time": (lambda a, b, c: [a, replaced(b, sealed_at="2026-05-02T00:00:00Z"), c], 2, "signature does not"),
    "no time zone": (lambda a, b, c: [a, replaced(b, sealed_at="2026-05-02T00:00:00"), c], 2, "is malformed"),
    "written otherwise": (lambda a, b, c: [a, b.replace(":", ": ", 1), c], 2, "signature does not fit"),
    "something added": (lambda a, b, c: [a, replaced(b, note="x"), c], 2, "is malformed"),
    "a number too large": (lambda a, b, c: [a, replaced(b, last=2**63), c], 2, "is malformed"),
    "no seal at all": (lambda a, b, c: [a, "gone", c], 2, "is malformed"),
    "signed again": (lambda a, b, c: [a, signed_again(b, root=bytes(32)), c], 3, "does not follow"),
    "overlapping": (lambda a, b, c: [a, signed_again(b, first=3), c], 2, "right after"),
}


@pytest.mark.parametrize("way", REWRITTEN)
def test_a_chain_that_was_rewritten_is_noticed_and_the_seal_named(way: str):
    rewrite, number, words = REWRITTEN[way]
    lines = rewrite(*Chain([1, 2, 5, 6, 9]).sealed_up_to(9).lines)
    seals, finding = read_chain(lines, is_signed)
    assert finding is not None and finding.seal == number and words in finding.text
    assert [seal.number for seal in seals] == list(range(1, number))


SEALED = [row(1), row(3), row(4)]
TAMPERED: dict[str, tuple[list[bytes], int | None, int | None]] = {
    # what stands there now, the position named with the list of hashes, and without it
    "nothing": (SEALED, None, None),
    "changed": ([row(1), row(3, state="[]"), row(4)], 3, None),
    "removed first": (SEALED[1:], 1, 1),
    "removed last": (SEALED[:2], 4, 4),
    "inserted in a gap": ([row(1), row(2), row(3), row(4)], 2, 2),
    "inserted at the end": ([*SEALED, row(6)], 6, 6),
    "swapped": ([at_position(row(4, "a/2"), 1), row(3), row(4)], 1, None),
}


@pytest.mark.parametrize("way", TAMPERED)
def test_the_first_difference_is_named(way: str):
    rows, position, position_without_leaves = TAMPERED[way]
    leaves = leaves_of(SEALED)
    seal = make_seal(None, 6, SEALED, leaves, NOW, sign)
    for known, expected in (
        (leaves, position),
        (None, position_without_leaves),
        (leaves[::-1], position_without_leaves),
    ):
        found = first_difference(seal, known, rows)
        assert (found is None) == (way == "nothing")
        assert found is None or found.position == expected
        assert found is None or expected is not None or "between positions 1 and 6" in found.text


def test_an_event_that_was_moved_is_known_by_where_it_stood():
    rows = [row(1, "a/1"), row(2, "b/1")]
    seal = make_seal(None, 2, rows, leaves_of(rows), NOW, sign)
    assert find_sealed_position(at_position(rows[1], 1), seal, leaves_of(rows)) == 2
    assert find_sealed_position(row(1, "c/1"), seal, leaves_of(rows)) is None


@given(st.sets(st.integers(1, 20), min_size=1), st.data())
def test_a_proof_holds_for_its_event_and_for_no_other(used: set[int], data: st.DataObject):
    rows = [row(position) for position in sorted(used)]
    seal = make_seal(None, 20, rows, leaves_of(rows), NOW, sign)
    mine = data.draw(st.sampled_from(rows))
    proof = make_proof(seal, mine, leaves_of(rows))
    assert check_proof(proof, is_signed).position == position_of(mine)

    at = data.draw(st.integers(0, len(mine) - 1))
    changed = mine[:at] + bytes([mine[at] ^ data.draw(st.integers(1, 255))]) + mine[at + 1 :]
    replace = msgspec.structs.replace
    for forged in (
        replace(proof, row=changed),
        replace(proof, path=[*proof.path, bytes(32)]),
        replace(proof, seal=replace(seal, last=21)),
        replace(proof, seal=replace(seal, root=root_of(leaves_of([changed])), gaps=(), first=1, last=1)),
        replace(proof, seal=replace(seal, root=b"", last=2**70)),
        replace(proof, format="billing-proof/2"),
    ):
        with pytest.raises(ProofRefused):
            check_proof(forged, is_signed)


def test_findings_say_what_where():
    assert first_difference(make_seal(None, 1, [], b"", NOW, sign), b"", [row(1)]) == Finding(
        "the event at position 1, t/1 of account/A1, was inserted", 1
    )

"""One hash for many rows: every row is proved by its path, and nothing else has the same root."""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from billing_core.integrity.merkle import HASH_BYTES, leaf_at, leaf_of, leaves_of, path_of, root_by_path, root_of

ROWS = st.lists(st.binary(max_size=6), min_size=1, max_size=40)

# The entries and roots by which implementations of Certificate Transparency are tested.
LOG_ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
LOG_ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def root_by_definition(rows: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if len(rows) < 2:
        return sha256(b"\0" + rows[0] if rows else b"").digest()
    half = 1
    while half * 2 < len(rows):
        half *= 2
    return sha256(b"\1" + root_by_definition(rows[:half]) + root_by_definition(rows[half:])).digest()


def test_the_roots_are_those_of_the_standard():
    entries = [bytes.fromhex(entry) for entry in LOG_ENTRIES]
    assert {count: root_of(leaves_of(entries[:count])).hex() for count in LOG_ROOTS} == LOG_ROOTS


@given(ROWS)
def test_a_root_is_as_the_standard_defines_it(rows: list[bytes]):
    assert root_of(leaves_of(rows)) == root_by_definition(rows)


@given(ROWS)
def test_every_row_is_proved_by_its_path(rows: list[bytes]):
    leaves = leaves_of(rows)
    for index, row in enumerate(rows):
        assert leaf_at(leaves, index) == leaf_of(row)
        assert root_by_path(leaf_of(row), index, len(rows), path_of(leaves, index)) == root_of(leaves)


@given(ROWS, st.data())
def test_a_path_proves_no_other_row_no_other_place_and_no_other_path(rows: list[bytes], data: st.DataObject):
    leaves, count = leaves_of(rows), len(rows)
    index = data.draw(st.integers(0, count - 1))
    path, leaf = path_of(leaves, index), leaf_of(rows[index])
    other = data.draw(st.binary(max_size=6).filter(lambda row: row != rows[index]))
    assert root_by_path(leaf_of(other), index, count, path) != root_of(leaves)
    assert root_by_path(leaf, index, count, [*path, bytes(HASH_BYTES)]) is None
    for at in range(len(path)):
        bent = [bytes([entry[0] ^ 1]) + entry[1:] if n == at else entry for n, entry in enumerate(path)]
        assert root_by_path(leaf, index, count, bent) != root_of(leaves)
        assert root_by_path(leaf, index, count, path[:at]) != root_of(leaves)


@given(ROWS, st.data())
def test_whatever_is_done_to_the_rows_changes_the_root(rows: list[bytes], data: st.DataObject):
    at = data.draw(st.integers(0, len(rows) - 1))
    other = data.draw(st.binary(max_size=6))
    changed = [*rows[:at], other, *rows[at + 1 :]]
    removed = [*rows[:at], *rows[at + 1 :]]
    inserted = [*rows[:at], other, *rows[at:]]
    joined = [b"".join(rows[at : at + 2]) if at < len(rows) - 1 else rows[at] + b"\0", *rows[at + 2 :]]
    for tampered in (changed, removed, inserted, rows[::-1], rows[:at] + joined):
        assert (root_of(leaves_of(tampered)) == root_of(leaves_of(rows))) == (tampered == rows)


def test_a_node_is_not_taken_for_a_row():
    leaves = leaves_of([b"a", b"b"])
    assert root_of(leaves_of([leaves])) != root_of(leaves)


def test_trees_of_all_sizes_have_roots_of_their_own():
    roots = [root_of(leaves_of([b"same"] * count)) for count in range(40)]
    assert len(set(roots)) == len(roots)
    assert all(before != after for before, after in pairwise(roots))

"""The Merkle tree of RFC 6962 with SHA-256: one hash for many rows, and a short path that proves one of them.

A leaf is H(00 row), a node H(01 left right); the two prefixes keep a node from being shown as a row. A level's last
entry without a neighbour goes up unchanged. Leaves are kept joined together, 32 bytes each, because millions of them
are hashed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_BYTES = 32


def leaves_of(rows: Iterable[bytes]) -> bytes:
    """The hashes of rows, one after the other."""
    return b"".join([sha256(b"\0" + row).digest() for row in rows])


def leaf_of(row: bytes) -> bytes:
    return sha256(b"\0" + row).digest()


def root_of(leaves: bytes) -> bytes:
    """The root of the tree over leaves."""
    if not leaves:
        return sha256().digest()
    while len(leaves) > HASH_BYTES:
        leaves = _level_above(leaves)
    return leaves


def path_of(leaves: bytes, index: int) -> list[bytes]:
    """The path from one leaf to the root: its neighbour on each level, from the bottom."""
    path = []
    while len(leaves) > HASH_BYTES:
        if neighbour := leaf_at(leaves, index ^ 1):
            path.append(neighbour)
        leaves, index = _level_above(leaves), index // 2
    return path


def root_by_path(leaf: bytes, index: int, count: int, path: Sequence[bytes]) -> bytes | None:
    """The root of a leaf by its path; None if the path does not fit the size of the tree."""
    neighbours = iter(path)
    while count > 1:
        if index ^ 1 < count:
            neighbour = next(neighbours, b"")
            leaf = sha256(b"\1" + (neighbour + leaf if index % 2 else leaf + neighbour)).digest()
        index, count = index // 2, (count + 1) // 2
    return leaf if next(neighbours, None) is None else None


def leaf_at(leaves: bytes, index: int) -> bytes:
    return leaves[index * HASH_BYTES : (index + 1) * HASH_BYTES]


def _level_above(level: bytes) -> bytes:
    """Neighbours hashed together; a last one without a neighbour goes up unchanged."""
    paired = len(level) - len(level) % (2 * HASH_BYTES)
    pairs = [sha256(b"\1" + level[at : at + 2 * HASH_BYTES]).digest() for at in range(0, paired, 2 * HASH_BYTES)]
    return b"".join(pairs) + level[paired:]

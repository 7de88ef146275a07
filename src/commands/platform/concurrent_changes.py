"""Writes of many streams at once, while concurrent writers change some of them.

A stream that changed since it was read is left out of the write, or read again, and the write is repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from typing import TypeVar

from commands.platform.ports import Store, VersionConflict

Written = TypeVar("Written")


def written_around_changes(
    store: Store, versions: Mapping[str, int], write: Callable[[Set[str]], Written]
) -> tuple[Written, Set[str]]:
    """The result of `write`, and the streams that changed since they were read at these versions.

    `write` is called with these streams, at first with none, and again after each conflict. A conflict that no stream
    explains is raised.
    """
    changed: Set[str] = frozenset()
    while True:
        try:
            return write(changed), changed
        except VersionConflict:
            now = store.versions(list(versions))
            changed = {stream for stream, version in versions.items() if now.get(stream, 0) != version}
            if not changed:
                raise

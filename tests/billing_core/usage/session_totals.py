"""What the messages of a session add up to, by the definition."""

from __future__ import annotations

from collections.abc import Iterable

from billing_core.usage.sessions.messages import Added, Identity, Message, added


def total(messages: Iterable[Message]) -> Added | None:
    """What the messages of one session add in all, by the definition: in order, without repetitions."""
    distinct: dict[Identity, Message] = {}
    for message in messages:
        distinct.setdefault(message.identity, message)
    reads = sorted(read for message in distinct.values() if (read := message.counters))
    if not reads:
        return None
    parts = [added(before, read, None) for before, read in zip([None, *reads], reads, strict=False)]
    seconds, bytes_in, bytes_out = (sum(amounts) for amounts in zip(*(part[2:] for part in parts), strict=True))
    return Added(parts[0].since, reads[-1].at, seconds, bytes_in, bytes_out)

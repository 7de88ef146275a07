"""Dead letters: messages that cannot be counted, as they came, each with the reason and the place it came from."""

from __future__ import annotations

from typing import Any

from adapters.files.usage_rows import RefusedRow
from adapters.kafka.messages import Message


def dead_letter(source: str, message: Any, refused: RefusedRow) -> Message:
    """A message that is refused. It may come twice; its key, the place it came from, is the same then."""
    headers = {
        "source": source,
        "topic": message.topic,
        "partition": str(message.partition),
        "offset": str(message.offset),
        "field": refused.field,
        "reason": refused.reason,
    }
    key = f"{message.topic}-{message.partition}-{message.offset}".encode()
    return Message(key, message.value, [(name, text.encode()) for name, text in headers.items()])

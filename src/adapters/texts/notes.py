"""Tags, notes and files of customers, in words."""

from __future__ import annotations

from adapters.texts.sentences import Sentences
from billing_core.notes import (
    CustomerFileAttached,
    CustomerFileWithdrawn,
    CustomerTagged,
    CustomerUntagged,
    NoteAdded,
    NotePinned,
    NoteRestored,
    NoteWithdrawn,
)


def _tags(tags: tuple[str, ...]) -> str:
    return f"tag{'' if len(tags) == 1 else 's'} {', '.join(tags) or 'erased'}"


def _added(fact: NoteAdded) -> str:
    return f"note {fact.note}{', pinned' if fact.is_pinned else ''}: {fact.text}"


SENTENCES: Sentences = {
    CustomerTagged: lambda fact: f"has {_tags(fact.tags)}",
    CustomerUntagged: lambda fact: f"has no more {_tags(fact.tags)}",
    NoteAdded: _added,
    NotePinned: lambda fact: f"note {fact.note} is {'pinned' if fact.is_pinned else 'pinned no more'}",
    NoteWithdrawn: lambda fact: f"note {fact.note} is withdrawn",
    NoteRestored: lambda fact: f"note {fact.note} is shown again",
    CustomerFileAttached: lambda fact: f"file {fact.file} attached: {fact.name}",
    CustomerFileWithdrawn: lambda fact: f"file {fact.file} is withdrawn",
}

"""How the stored samples of tags, notes and files of customers are read."""

from __future__ import annotations

from datetime import date
from typing import Any

from billing_core.kernel.attachments import Attachment
from billing_core.kernel.events import Event
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

ON = date(2026, 6, 2)
OF: Any = {"effective_on": ON, "customer": "C0000001"}
SAMPLES: dict[str, Event] = {
    "customer-tagged/1": CustomerTagged(**OF, tags=("fibre", "vip")),
    "customer-untagged/1": CustomerUntagged(**OF, tags=("vip",)),
    "note-added/1": NoteAdded(**OF, note=1, text="The dog bites", is_pinned=True),
    "note-pinned/1": NotePinned(**OF, note=1, is_pinned=False),
    "note-withdrawn/1": NoteWithdrawn(**OF, note=1),
    "note-restored/1": NoteRestored(**OF, note=1),
    "customer-file-attached/1": CustomerFileAttached(
        **OF,
        file=1,
        attachment=Attachment(content_hash="ab" * 32, media_type="application/pdf", size_bytes=41_200),
        name="identity.pdf",
    ),
    "customer-file-withdrawn/1": CustomerFileWithdrawn(**OF, file=1),
}

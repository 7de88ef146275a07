"""Keep a file that comes in, for a command that attaches it. It is no event: what attaches it is."""

from __future__ import annotations

KEEP_ATTACHMENT = "attachments.change.keep-attachment"
PERMISSIONS = (KEEP_ATTACHMENT,)

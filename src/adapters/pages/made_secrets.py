"""Secrets that the server makes for a form, and shows once: the same form sent twice makes the same again.

So a form whose answer was lost can be sent again, and a second click shows what the first one made.
"""

from __future__ import annotations

import hashlib
import hmac

from adapters.pages.visit import Visit


def made_secret(visit: Visit, purpose: str) -> bytes:
    """32 bytes that nobody can guess who does not know this database's key."""
    said = f"{purpose}:{visit.rights.operator.code}:{visit.first('_key')}"
    return hmac.new(visit.door.app.store.content_key(), said.encode(), hashlib.sha256).digest()

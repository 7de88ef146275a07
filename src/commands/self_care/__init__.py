"""Self care: how customers sign in (`passwords`, `sign_in`), their limits (`limits`), what they write (`messages`)."""

from __future__ import annotations

from commands.platform.area import Area
from commands.self_care import messages, passwords

AREA = Area(
    handlers={**passwords.HANDLERS, **messages.HANDLERS},
    concerns={**passwords.CONCERNS, **messages.CONCERNS},
)

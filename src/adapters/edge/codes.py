"""One-time codes by time (TOTP, RFC 6238): six digits, a new one every 30 seconds."""

from __future__ import annotations

from datetime import datetime

from pyotp import TOTP, random_base32

ISSUER = "Billing"
STEP_SECONDS = 30
STEPS_AROUND = (0, -1, 1)  # Clocks of telephones are not exact.


class TimeCodes:
    """Implements `commands.staff.sign_in.Codes`."""

    def new_secret(self) -> str:
        """What codes are made from."""
        return random_base32()

    def uri(self, operator: str, secret: str) -> str:
        """What a telephone reads as a QR code."""
        return TOTP(secret).provisioning_uri(name=operator, issuer_name=ISSUER)

    def step_of(self, secret: str, code: str, at: datetime) -> int | None:
        if not (len(code) == 6 and code.isascii() and code.isdecimal()):
            return None
        now = int(at.timestamp()) // STEP_SECONDS
        codes = TOTP(secret)
        steps = (now + around for around in STEPS_AROUND)
        return next((step for step in steps if codes.verify(code, for_time=step * STEP_SECONDS)), None)

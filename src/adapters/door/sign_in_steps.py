"""A sign-in in two steps: the password first, then the code on a page of its own.

What binds the steps is sealed with a key that only this database's servers know, and is worth nothing after five
minutes or after another password was set. The password itself is not in it.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec
from cryptography.fernet import Fernet, InvalidToken

from adapters.door.door import Caller, Door
from billing_core.kernel.errors import BillingError
from billing_core.staff.roles import NotSignedIn
from commands.staff.sign_in import TOO_LATE, CodeNeeded

SECONDS = 300
PURPOSE = b"between the steps of a sign-in"


class HalfSignedIn(NamedTuple):
    """Who has given the right password: the operator, and what shows that it was."""

    operator: str
    proof: str


class SignInSteps:
    """Signs operators in step by step."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def seal(self, operator: str) -> str:
        """What the browser keeps of an operator who has given the right password, and whose code is needed."""
        half = HalfSignedIn(operator, self._door.sign_in.password_proof(operator))
        return self._fernet().encrypt(msgspec.json.encode(half)).decode()

    def opened(self, sealed: str) -> HalfSignedIn:
        """Who has given the password, or `NotSignedIn` after too long."""
        try:
            content = self._fernet().decrypt(sealed.encode(), ttl=SECONDS)
            return msgspec.json.decode(content, type=HalfSignedIn)
        except (InvalidToken, msgspec.DecodeError):
            raise NotSignedIn(TOO_LATE) from None

    def open_session(self, caller: Caller, sealed: str, code: str) -> str:
        """The token of a new session; a code that was wrong is kept for the LOG."""
        half = self.opened(sealed)
        try:
            return self._door.sign_in.open_after(
                half.operator, half.proof, caller.source, datetime.now(UTC), code, caller.agent
            )
        except BillingError as error:
            if code or not isinstance(error, CodeNeeded):
                self._door.note_stranger(caller, half.operator, error)
            raise

    def _fernet(self) -> Fernet:
        key = hmac.new(self._door.app.store.content_key(), PURPOSE, hashlib.sha256).digest()
        return Fernet(urlsafe_b64encode(key))

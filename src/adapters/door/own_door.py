"""The door of customers: who signs in how, and the same queries and commands as everybody's, each about the own things.

A customer signs in by a link or a password. Nothing that is answered to a stranger says whom the house knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from adapters.bootstrap.application import Application
from adapters.bootstrap.operations import operations
from adapters.bootstrap.origins import SELF_CARE
from adapters.bootstrap.signed_in import SIGN_IN, UNKNOWN, own_sign_in_of
from adapters.door.door import Caller, Door, token_of
from adapters.edge.models import read_struct
from adapters.edge.passwords import Argon2Passwords
from billing_core.kernel.errors import BillingError
from billing_core.self_care import actor_of
from billing_core.staff.roles import NotSignedIn
from billing_core.work.mail_tickets import plain_address
from commands.self_care.messages import ApplyForService
from commands.self_care.passwords import GiveCustomerPassword, LookAsCustomer, SendSignInLink
from commands.staff.rights import Rights
from projections import parties

LINK, APPLICATION = "link", "application"
MOST_FOUND, MOST_OF_AN_ADDRESS = 50, 5


class OwnDoor(Door):
    """Carries out requests of customers, and of operators who look at a customer's pages."""

    channel = SELF_CARE

    def __init__(self, app: Application, *, keeps_reads: bool = False) -> None:
        super().__init__(app, keeps_reads=keeps_reads)
        self._own_sign_in = own_sign_in_of(app)
        self._argon2 = Argon2Passwords()

    def rights_of(self, caller: Caller) -> Rights:
        """The rights of the customer who has signed in, else `NotSignedIn`."""
        look = operations()[LookAsCustomer].permission
        return self._own_sign_in.rights_of(token_of(caller), datetime.now(UTC), look)

    def count_request(self, what: str, typed: str, caller: Caller) -> None:
        """Refuse a source address that asks too often."""
        try:
            self._own_sign_in.count(what, typed, caller.source, datetime.now(UTC))
        except BillingError as error:
            self.refused.note(SIGN_IN, error, self.origin_of_stranger(caller))
            raise

    def send_links(self, typed: str, caller: Caller) -> None:
        """Send a link to each customer whom the e-mail or number means, after the answer: it takes its time."""
        for customer in self._meant(typed):
            with suppress(BillingError):  # Nobody may learn from the answer what is known of whom.
                self.app.bus.execute(SendSignInLink(customer=customer), self.origin_of_stranger(caller))

    def open_by_link(self, caller: Caller, link: str) -> str:
        """The token of a new session for who has the link; a refusal is kept for the LOG."""
        try:
            return self._own_sign_in.open_by_link(link, caller.source, datetime.now(UTC))
        except NotSignedIn as error:
            self.refused.note(SIGN_IN, error, self.origin_of_stranger(caller))
            raise

    def open_by_password(self, caller: Caller, typed: str, password: str) -> str:
        """The token of a new session for the right password; a refusal is kept for the LOG."""
        meant = self._meant(typed)
        try:
            return self._own_sign_in.open_by_password(meant, typed, password, caller.source, datetime.now(UTC))
        except NotSignedIn as error:
            actor = actor_of(meant[0]) if meant else UNKNOWN
            self.refused.note(SIGN_IN, error, self.origin_of_stranger(caller, actor))
            raise

    def close_session(self, caller: Caller) -> None:
        """End the session by which the request is made."""
        self._own_sign_in.close(token_of(caller), datetime.now(UTC))

    def give_password(self, caller: Caller, password: str) -> None:
        """Another password for the customer who has signed in; all sessions of the customer end."""
        rights = self.rights_of(caller)
        hashed = self._argon2.hash(password)
        words = {"customer": rights.customer, "password_hash": hashed}
        self.execute(operations()[GiveCustomerPassword], words, caller, dry_run=False)

    def apply(self, caller: Caller, fields: Mapping[str, Any]) -> str:
        """The number of the ticket that a stranger's application becomes."""
        command = read_struct(ApplyForService, fields)
        answer = self.app.bus.execute(command, self.origin_of_stranger(caller))
        return str(answer.result["ticket"])

    def _meant(self, typed: str) -> list[str]:
        """The numbers of the customers whose number or e-mail it is, a few at most."""
        wanted = typed.strip()
        if not wanted:
            return []
        with self.app.queries.cursor() as cursor:
            named = parties.customer_named(cursor, wanted)
            found = [] if named else parties.list_customers(cursor, wanted, MOST_FOUND)
        if named:
            return [named.merged_into or named.customer.number] if named.forgotten_on is None else []
        return [each.customer.number for each in found if _is_address(each.customer.email, wanted)][:MOST_OF_AN_ADDRESS]


def _is_address(email: str | None, wanted: str) -> bool:
    return bool(email) and plain_address(email or "") == plain_address(wanted)

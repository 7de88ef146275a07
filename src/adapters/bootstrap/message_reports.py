"""Reports of the other side become commands: receipts and answers of SMS, mails that come back or are answered.

A report may come before its message is recorded as sent. The message is not known yet then, and the answer to the
report says so, so that the other side reports again.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters.bootstrap.application import Application
from adapters.bootstrap.seller_clock import SellerClock
from commands.outreach.reports import NoteMessageAnswered, NoteMessageBounced, NoteMessageDelivered
from commands.platform.bus import SYSTEM, Answer, Command
from commands.platform.causes import derived_id
from commands.platform.identity import new_id
from commands.platform.ports import Origin
from projections.outreach.reported import last_message_to, message_of_reference
from projections.parties import list_customers
from projections.platform.runner import LIVE_SCHEMA

MOST_ALIKE = 20


class MessageReports:
    """Notes what is reported, in the name of who reports it."""

    def __init__(self, application: Application, source: str, clock: SellerClock | None = None) -> None:
        """`source` names who reports: `sms gateway`, a mailbox."""
        self._application = application
        self._source = source
        self._clock = clock or SellerClock(application.store, application.tables)

    def delivered(self, message: str) -> None:
        self._give(NoteMessageDelivered(message=message))

    def bounced(self, message: str, reason: str, *, is_permanent: bool) -> None:
        self._give(NoteMessageBounced(message=message, reason=reason, is_permanent=is_permanent))

    def answered(self, message: str, text: str, key: str) -> None:
        """Note an answer; once for each `key`, which distinguishes the answer from others."""
        self._give(NoteMessageAnswered(message=message, text=text), f"answer {key}")

    def named(self, channel: str, references: Sequence[str]) -> str:
        """The message that the other side knows by one of these references; empty if none is recorded as sent."""
        self._application.runner.catch_up()
        with self._application.tables.transaction(LIVE_SCHEMA) as cursor:
            return message_of_reference(cursor, channel, [each for each in references if each])

    def last_sms_to(self, number: str) -> str:
        """The newest SMS to a customer who has this number; empty if there is none."""
        with self._application.tables.transaction(LIVE_SCHEMA) as cursor:
            found = list_customers(cursor, number, MOST_ALIKE) if number.strip("+").isdigit() else []
            return last_message_to(cursor, "sms", [row.customer.number for row in found])

    def _give(self, command: Command, key: str = "") -> Answer:
        identity = derived_id(key) if key else new_id()
        origin = Origin(
            actor=self._source,
            role=SYSTEM,
            channel="outreach",
            source=self._source,
            command_id=identity,
            correlation_id=identity,
            recorded_at=self._clock.now(),
            today=self._clock.local_now().date(),
        )
        return self._application.bus.execute(command, origin)

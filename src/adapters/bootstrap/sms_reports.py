"""What gateways and centres of SMS report: receipts by the id of the message, and what customers write back.

    {"id": "G-17", "status": "DELIVRD"}                    the message that the gateway knows as G-17 is delivered
    {"reference": "6f9c2d1e-...", "status": "EXPIRED"}     the message of this id came back
    {"from": "+420602123456", "text": "Thank you"}         an answer to the newest SMS to this number
    {"id": "G-17", "status": "BUFFERED"}                   on its way: nothing

A receipt of a message that is not recorded as sent yet is unknown: a gateway is asked to report again, one that came by
SMPP is kept for some minutes.
"""

from __future__ import annotations

import logging
import re
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from typing import Literal, NamedTuple
from uuid import UUID

from adapters.bootstrap.application import Application
from adapters.bootstrap.message_reports import MessageReports
from adapters.bootstrap.seller_clock import SellerClock
from adapters.outreach.smpp import RECEIVES, IncomingSms, Receipt, SmppSession
from adapters.outreach.sms_settings import SmppSettings, SmsReportSettings
from billing_core.kernel.errors import BillingError, NotFound
from commands.platform.identity import new_id

Outcome = Literal["noted", "passed over", "unknown"]
KEPT_FOR = timedelta(minutes=10)
MOST_KEPT = 10_000
WAIT_SECONDS = 0.5
MOST_FIELD = 4_000

logger = logging.getLogger(__name__)


class SmsReports:
    """Takes in what is reported."""

    def __init__(self, application: Application, source: str, clock: SellerClock | None = None) -> None:
        self._reports = MessageReports(application, source, clock)

    def take_fields(self, fields: Mapping[str, str], settings: SmsReportSettings) -> Outcome:
        """Take in a report of a gateway."""
        read = {name: value[:MOST_FIELD] for name, value in fields.items()}
        status = read.get(settings.status_field, "")
        reference, gateway_id = read.get(settings.reference_field, ""), read.get(settings.id_field, "")
        if not status:
            text, sender = read.get(settings.text_field, ""), read.get(settings.sender_field, "")
            return self.take_answer(IncomingSms(sender, text), gateway_id) if text and sender else "passed over"
        is_delivered = True if re.search(settings.delivered, status) else None
        if is_delivered is None and re.search(settings.failed, status):
            is_delivered = False
        reason = f"{status} {read.get(settings.error_field, '')}".strip()
        message = reference if _is_message(reference) else self._reports.named("sms", [gateway_id])
        return self._note(message, is_delivered, reason)

    def take_receipt(self, receipt: Receipt) -> Outcome:
        """Take in a receipt of a centre. Some name in hexadecimal digits what they gave in decimal ones, or reverse."""
        message = self._reports.named("sms", [receipt.reference, *_other_forms(receipt.reference)])
        return self._note(message, receipt.is_delivered, receipt.reason)

    def take_answer(self, answer: IncomingSms, identity: str = "") -> Outcome:
        """Take in what somebody wrote: an answer to the newest SMS to this number; from a stranger nothing is noted."""
        message = self._reports.last_sms_to(answer.sender)
        if not message:
            return "passed over"
        key = sha256(f"{identity or new_id()} {answer.sender}".encode()).hexdigest()
        self._reports.answered(message, answer.text, f"sms {key}")
        return "noted"

    def _note(self, message: str, is_delivered: bool | None, reason: str) -> Outcome:
        if is_delivered is None:
            return "passed over"
        if not message:
            return "unknown"
        try:
            if is_delivered:
                self._reports.delivered(message)
            else:
                self._reports.bounced(message, reason, is_permanent=True)
        except NotFound:
            return "unknown"
        return "noted"


def _is_message(written: str) -> bool:
    try:
        return str(UUID(written)) == written.lower()
    except ValueError:
        return False


def _other_forms(reference: str) -> list[str]:
    found = []
    if reference.isascii() and reference.isdigit():
        found.append(f"{int(reference):X}")
    with suppress(ValueError):
        found.append(str(int(reference, 16)))
    return found


class KeptReceipt(NamedTuple):
    """A receipt whose message is not known yet, until an instant."""

    receipt: Receipt
    until: float


class SmppReceiving:
    """Takes in what a centre reports by SMPP; for one thread."""

    def __init__(self, application: Application, settings: SmppSettings) -> None:
        self._clock = SellerClock(application.store, application.tables)
        self._reports = SmsReports(application, f"smpp {settings.host}", self._clock)
        self._session = SmppSession(settings, RECEIVES)
        self._kept: deque[KeptReceipt] = deque(maxlen=MOST_KEPT)

    def advance(self) -> int:
        """Take in what comes next, and what was not known before; 1 if something came in."""
        came = self._session.receive(WAIT_SECONDS)
        if came is None:
            self._try_kept()
            return 0
        try:
            self._take(came)
        except BillingError as error:
            logger.error("a report of SMS was not noted: %s", error)
        return 1

    def close(self) -> None:
        self._session.close()

    def _take(self, came: Receipt | IncomingSms) -> None:
        if isinstance(came, IncomingSms):
            self._reports.take_answer(came)
        elif self._reports.take_receipt(came) == "unknown":
            until = self._clock.now() + KEPT_FOR
            self._kept.append(KeptReceipt(came, until.timestamp()))

    def _try_kept(self) -> None:
        now = self._clock.now().timestamp()
        for _ in range(len(self._kept)):
            kept = self._kept.popleft()
            if self._reports.take_receipt(kept.receipt) == "unknown" and kept.until > now:
                self._kept.append(kept)

"""SMS by SMPP 3.4: a session that sends, and one that takes in what the centre of messages reports.

    sends     bound as transmitter: every segment of a message is a PDU, those of a long one with a header by which the
              telephone puts them together; a receipt is asked for the last one, whose id stands for the message
    receives  bound as transceiver, which every make of centre delivers to: receipts, and what people write back

A centre that is asked too fast answers so: the segment waits a moment and is tried again, at most five times. A wrong
password looks like a centre that does not answer, since the library tells no difference.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from threading import Thread
from typing import Any, Literal, NamedTuple, TypeVar
from zlib import crc32

import smpp34

# The package itself does not declare its constants.
from smpp34._smpp34 import (
    ESME_RINVDSTADR,
    ESME_RINVMSGLEN,
    ESME_RMSGQFUL,
    ESME_RTHROTTLED,
    TLV_MESSAGE_PAYLOAD,
    TLV_MESSAGE_STATE,
    TLV_RECEIPTED_MESSAGE_ID,
)

from adapters.outreach.sms_http import OutgoingSms
from adapters.outreach.sms_settings import SmppSettings
from billing_core.outreach.sms import decoded_gsm, encoded_gsm
from commands.outreach.channels import Outcome, Refused, Taken, Unsent

ANSWER_SECONDS = 30.0
MOST_TRIES = 5
TOO_FAST = frozenset({ESME_RTHROTTLED, ESME_RMSGQFUL})
NEVER = frozenset({ESME_RINVDSTADR, ESME_RINVMSGLEN})
GSM, LATIN_1, UCS2 = 0, 3, 8
HAS_HEADER = 0x40
KIND_OF_DELIVERY, IS_RECEIPT = 0x3C, 0x04
INTERNATIONAL, ALPHANUMERIC, UNKNOWN, ISDN = 1, 5, 0, 1
WITH_RECEIPT = 1
DELIVERED = frozenset({"DELIVRD", "2"})
FAILED = frozenset({"EXPIRED", "DELETED", "UNDELIV", "REJECTD", "3", "4", "5", "8"})
FIELD = re.compile(r"(\w+):(\S*)")
MOST_TEXT = 2_000
BindType = Literal["TX", "TRX"]
SENDS: BindType = "TX"
RECEIVES: BindType = "TRX"
Value = TypeVar("Value")


class Receipt(NamedTuple):
    """What became of a message, by the id that the centre gave it; `is_delivered` is None while it is on its way."""

    reference: str
    is_delivered: bool | None
    reason: str


class IncomingSms(NamedTuple):
    """What somebody wrote."""

    sender: str
    text: str


class SmppUnavailable(Exception):
    """The centre does not answer, or does not let us in."""


class Pace(NamedTuple):
    """How long a session waits for its centre, and before it tries a segment again that came too fast."""

    connect_seconds: float = 10.0
    pause_seconds: float = 1.0


class SmppSession:
    """A bound session; its connection lives in a thread of its own."""

    def __init__(self, settings: SmppSettings, bind_type: BindType, pace: Pace | None = None) -> None:
        self._settings = settings
        self._pace = pace or Pace()
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="smpp", daemon=True)
        self._thread.start()
        try:
            self._client, self._centre = self._run(self._bind(bind_type), None)
        except (smpp34.SmppError, OSError, TimeoutError) as error:
            self._end_loop()
            raise SmppUnavailable(f"{settings.host} is unavailable: {error}") from error

    def send(self, messages: Sequence[OutgoingSms]) -> list[Outcome]:
        """Send messages, several at a time; the outcome of each, in their order."""

        async def all_of_them() -> list[Outcome]:
            return await asyncio.gather(*(self._send(message) for message in messages))

        return self._run(all_of_them(), None)

    def receive(self, seconds: float) -> Receipt | IncomingSms | None:
        """What comes in next, within so many seconds; None if nothing did, or if it says nothing."""

        async def next_one() -> Any:
            return await asyncio.wait_for(self._centre.next(), seconds)

        try:
            found = self._run(next_one(), None)
        except TimeoutError:
            return None
        if isinstance(found, smpp34.Disconnected):
            raise SmppUnavailable(f"{self._settings.host} has ended the session")
        return read_delivery(found)

    def close(self) -> None:
        """Unbind, and end the thread."""

        async def unbind() -> None:
            await self._centre.unbind()

        with suppress(smpp34.SmppError, OSError, TimeoutError):  # The centre has gone already.
            self._run(unbind(), self._pace.connect_seconds)
        self._end_loop()

    def _run(self, work: Coroutine[Any, Any, Value], seconds: float | None) -> Value:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _bind(self, bind_type: BindType) -> tuple[smpp34.Client, smpp34.Smsc]:
        its = self._settings
        client = smpp34.Client(
            its.host, its.port, its.user, its.password.get_secret_value(), bind_type=bind_type,
            system_type=its.system_type, tls=its.security == "tls",
            connect_timeout_ms=int(self._pace.connect_seconds * 1000),
        )  # fmt: skip
        return client, await client.connect()

    async def _send(self, message: OutgoingSms) -> Outcome:
        reference = ""
        for place, content in enumerate(segments_of(message), 1):
            is_last = place == len(message.sms.segments)
            try:
                answer = await self._submit(message, content, is_last=is_last)
            except (smpp34.SmppError, OSError, TimeoutError) as error:
                return Unsent(f"the centre of SMS is unavailable: {type(error).__name__}")
            if answer.command_status in NEVER:
                return Refused(f"the centre of SMS refuses the number or the text (0x{answer.command_status:08x})")
            if not answer.is_success:
                return Unsent(f"the centre of SMS does not take the message now (0x{answer.command_status:08x})")
            reference = answer.message_id or ""
        return Taken(reference=reference, parts=len(message.sms.segments))

    async def _submit(self, message: OutgoingSms, content: bytes, *, is_last: bool) -> smpp34.SubmitSmResp:
        """Submit a segment; one that comes too fast waits a little longer each time."""
        sender = self._settings.sender
        is_number = sender.removeprefix("+").isdigit()
        tries = 1
        while True:
            answer = await asyncio.wait_for(
                self._centre.submit_sm(
                    message.to.removeprefix("+"),
                    content,
                    source_addr=sender.removeprefix("+"),
                    source_addr_ton=UNKNOWN if not sender else INTERNATIONAL if is_number else ALPHANUMERIC,
                    source_addr_npi=ISDN if is_number else UNKNOWN,
                    dest_addr_ton=INTERNATIONAL,
                    dest_addr_npi=ISDN,
                    esm_class=HAS_HEADER if len(message.sms.segments) > 1 else 0,
                    data_coding=GSM if message.sms.alphabet == "gsm-7" else UCS2,
                    registered_delivery=WITH_RECEIPT if is_last else 0,
                ),
                ANSWER_SECONDS,
            )
            if answer.command_status not in TOO_FAST or tries == MOST_TRIES:
                return answer
            await asyncio.sleep(self._pace.pause_seconds * tries)
            tries += 1


def segments_of(message: OutgoingSms) -> list[bytes]:
    """The bytes of each segment; before each of several the header `05 00 03 REFERENCE COUNT PLACE` (3GPP 23.040)."""
    is_gsm = message.sms.alphabet == "gsm-7"
    contents = [encoded_gsm(each) if is_gsm else each.encode("utf-16-be") for each in message.sms.segments]
    if len(contents) == 1:
        return contents
    # The same at every try, so that segments of two tries may be put together.
    reference = crc32(message.reference.encode()) % 256
    return [bytes([5, 0, 3, reference, len(contents), place]) + each for place, each in enumerate(contents, 1)]


def read_delivery(delivery: smpp34.DeliverSmEvent) -> Receipt | IncomingSms | None:
    """What the centre delivers: a receipt, by its fields or else by its text, or a message of a person."""
    tlvs = {each.tag: each for each in delivery.tlvs}
    payload = tlvs.get(TLV_MESSAGE_PAYLOAD)
    content = delivery.short_message or (payload.value if payload else b"")
    if delivery.esm_class & KIND_OF_DELIVERY == IS_RECEIPT:
        return _receipt(content.decode("latin-1"), tlvs)
    if delivery.esm_class & HAS_HEADER and content:
        content = content[content[0] + 1 :]
    return IncomingSms(_number(delivery), _text(content, delivery.data_coding)[:MOST_TEXT])


def _receipt(text: str, tlvs: dict[int, smpp34.Tlv]) -> Receipt | None:
    fields = {name.lower(): value for name, value in FIELD.findall(text)}
    named, state = tlvs.get(TLV_RECEIPTED_MESSAGE_ID), tlvs.get(TLV_MESSAGE_STATE)
    reference = (named.value.rstrip(b"\0").decode("latin-1") if named else "") or fields.get("id", "")
    status = fields.get("stat", "").upper() or (str(state.as_int()) if state else "")
    if not reference:
        return None
    error = fields.get("err", "")
    reason = f"{status} {error}".strip() if error.strip("0") else status
    is_delivered = True if status in DELIVERED else False if status in FAILED else None
    return Receipt(reference, is_delivered, reason)


def _number(delivery: smpp34.DeliverSmEvent) -> str:
    is_international = delivery.source_addr_ton == INTERNATIONAL and not delivery.source_addr.startswith("+")
    return f"+{delivery.source_addr}" if is_international else delivery.source_addr


def _text(content: bytes, data_coding: int) -> str:
    if data_coding == UCS2:
        return content.decode("utf-16-be", errors="replace")
    return content.decode("latin-1") if data_coding == LATIN_1 else decoded_gsm(content)

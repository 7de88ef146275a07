"""SMS through the outbox to real counterparts, and what comes back: receipts, answers, and mails that bounced."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from adapters.bootstrap.mails_of_messages import MailsOfMessages
from adapters.bootstrap.message_reports import MessageReports
from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.outbox import OutboxClock, PostgresOutbox, _origin, outbox_of
from adapters.bootstrap.seller_clock import SellerClock
from adapters.bootstrap.settings import Settings
from adapters.bootstrap.sms_reports import SmppReceiving
from adapters.http.server import http_application
from adapters.messages.reading import read_mail
from adapters.outreach.sms_settings import SmppSettings, SmsReportSettings
from billing_core.kernel.money import Money
from billing_core.outreach.kinds import ChannelName
from billing_core.outreach.mail_addresses import bounce_address, message_id
from billing_core.outreach.messages import MessageAnswered, MessageDelivered, MessageQueued, MessageSent
from billing_core.outreach.sms_terms import SmsPrice, SmsTerms
from billing_core.outreach.terms import KindTerms, OutreachTerms
from billing_core.party_changes import CustomerChanges
from commands.outreach.channels import Outcome, OutgoingMessage, Taken, Unsent
from commands.outreach.messages import QueueMessage, RetryMessage
from commands.outreach.outbox import Outbox, Ports
from commands.outreach.sms_terms import SetSmsTerms
from commands.outreach.terms import SetOutreachTerms
from commands.outreach.writing import message_stream
from commands.parties import ChangeCustomer
from commands.platform.ports import Append
from tests.counterparts.smpp import PASSWORD, USER, Centre, smpp34_centre
from tests.operators import Operator
from tests.waiting import eventually

TODAY = date(2026, 3, 2)
PHONE = "+420777000001"
TOKEN = "a-token-of-24-characters"
NEWS = "news@isp.test"
NO_FILES = lambda application, message: ()  # noqa: E731 - SMS have none.


@pytest.fixture
def anna(operator: Operator) -> Operator:
    """A customer with a phone and an e-mail; the seller tells of planned work by SMS, or else by e-mail."""
    operator.subscriber("A1")
    changes = CustomerChanges(phone=PHONE, email="anna@x.test", language="cs")
    operator.tell(ChangeCustomer(number="A1", changes=changes), today=TODAY)
    kinds = (KindTerms(kind="planned-work", channels=("sms", "email"), is_urgent=True),)
    operator.tell(SetOutreachTerms(seller="north", terms=OutreachTerms(kinds=kinds)), today=TODAY)
    terms = SmsTerms(currency="CZK", prices=(SmsPrice(prefix="420", price=Decimal("0.90")),), is_transliterated=True)
    operator.tell(SetSmsTerms(seller="north", terms=terms), today=TODAY)
    return operator


@pytest.fixture
def centre() -> Iterator[Centre]:
    with smpp34_centre({PHONE.removeprefix("+"): "Děkuji"}) as found:
        yield found


def queue(operator: Operator, cause: str, channels: tuple[ChannelName, ...] = ()) -> str:
    command = QueueMessage(kind="planned-work", account="A1", cause=cause, values={"text": "žluťoučký"},
                           channels=channels)  # fmt: skip
    message = str(operator.tell(command, today=TODAY).result["message"])
    operator.application.runner.catch_up()
    return message


def smpp_of(centre: Centre) -> SmppSettings:
    return SmppSettings(host="127.0.0.1", port=centre.port, user=USER, password=SecretStr(PASSWORD), sender="ISP")


def kinds(operator: Operator, message: str) -> list[str]:
    return [type(fact).__name__ for fact in operator.facts(message_stream(message))]


def test_an_sms_leaves_by_smpp_and_its_receipt_and_answer_are_noted(anna: Operator, centre: Centre):
    receiving = SmppReceiving(anna.application, smpp_of(centre))
    settings = Settings(database_url=anna.database_url, smpp=smpp_of(centre))
    message = queue(anna, "one")
    outbox = outbox_of(anna.application, settings, NO_FILES)
    assert outbox is not None
    assert outbox.advance() == 1
    outbox.close()

    def is_answered() -> bool:
        receiving.advance()
        return "MessageAnswered" in kinds(anna, message) and "MessageDelivered" in kinds(anna, message)

    eventually(is_answered)
    receiving.close()
    facts = anna.facts(message_stream(message))
    (sent,) = [fact for fact in facts if isinstance(fact, MessageSent)]
    assert sent.reference == "M1"
    assert sent.cost == Money(Decimal("0.90") * sent.parts, "CZK")
    assert len([fact for fact in facts if isinstance(fact, MessageDelivered)]) == 1
    (answer,) = [fact for fact in facts if isinstance(fact, MessageAnswered)]
    assert answer.text == "Děkuji"
    assert b"prace na siti" in b"".join(each.content for each in centre.arrived)


def sent(operator: Operator, message: str, reference: str) -> None:
    fact = MessageSent(effective_on=TODAY, attempt=1, reference=reference)
    with operator.application.store.transaction() as transaction:
        transaction.append([Append(message_stream(message), 1, [fact])], [], origin_of_process("outbox", TODAY))
    operator.application.runner.catch_up()


def test_a_gateway_reports_with_its_token_alone(anna: Operator):
    reports = SmsReportSettings(token=SecretStr(TOKEN))
    client = TestClient(http_application(anna.application, sms_reports=reports), raise_server_exceptions=False)
    first, second = queue(anna, "one"), queue(anna, "two")
    path = f"/sms/reports/{TOKEN}"

    assert client.post("/sms/reports/wrong", json={"id": "G-1", "status": "DELIVRD"}).status_code == 404
    # It reports before the message is recorded as sent: it is asked to report again.
    assert client.post(path, json={"id": "G-1", "status": "DELIVRD"}).status_code == 503
    sent(anna, first, "G-1")
    sent(anna, second, "G-2")
    assert client.post(path, json={"id": "G-1", "status": "BUFFERED"}).status_code == 204
    assert kinds(anna, first) == ["MessageQueued", "MessageSent"]
    assert client.post(path, json={"id": "G-1", "status": "DELIVRD"}).status_code == 204
    assert client.get(path, params={"id": "G-1", "status": "1"}).status_code == 204
    assert kinds(anna, first)[2:] == ["MessageDelivered"]
    assert client.post(path, data={"reference": second, "status": "EXPIRED", "error": "27"}).status_code == 204
    assert kinds(anna, second)[2:] == ["MessageBounced"]
    # The number is not written to again: the next message takes the other channel.
    third = anna.facts(message_stream(queue(anna, "three")))[0]
    assert isinstance(third, MessageQueued)
    assert third.channel == "email"

    anna.application.runner.catch_up()
    for _ in range(2):  # The gateway sends it twice.
        assert client.post(path, json={"id": "in-1", "from": PHONE, "text": "Stop it"}).status_code == 204
    assert kinds(anna, second).count("MessageAnswered") == 1
    assert client.post(path, json={"from": "+420999999999", "text": "Who are you?"}).status_code == 204
    assert client.post(path, content=b"{nonsense").status_code == 400


def bounce(operator: Operator, message: str, action: str, status: str) -> str:
    key = operator.application.store.content_key()
    return (
        f"From: MAILER-DAEMON@x.test\r\nTo: {bounce_address(key, message, NEWS)}\r\nSubject: Undelivered\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x.test\r\n\r\n"
        f"Final-Recipient: rfc822; anna@x.test\r\nAction: {action}\r\nStatus: {status}\r\n\r\n--b--\r\n"
    )


def take(operator: Operator, raw: str) -> Any:
    application = operator.application
    key = application.store.content_key()
    mails = MailsOfMessages(key, frozenset({NEWS}))
    return mails.take(read_mail(raw.encode(), key), MessageReports(application, "mailbox"))


def test_a_mail_that_came_back_for_good_marks_its_address(anna: Operator):
    message = queue(anna, "one", ("email",))
    sent(anna, message, message_id(message, NEWS))

    assert take(anna, bounce(anna, message, "delayed", "4.4.1")).outcome == "taken"
    assert kinds(anna, message)[2:] == []
    assert take(anna, bounce(anna, message, "failed", "5.1.1")).outcome == "taken"
    assert kinds(anna, message)[2:] == ["MessageBounced"]
    (again,) = anna.facts(message_stream(queue(anna, "two", ("email", "sms"))))
    assert isinstance(again, MessageQueued)
    assert again.channel == "sms"


def test_an_answer_by_mail_is_noted_once_and_goes_on_as_a_mail_of_a_ticket(anna: Operator):
    message = queue(anna, "one", ("email",))
    sent(anna, message, message_id(message, NEWS))
    answer = (
        f"From: anna@x.test\r\nTo: {NEWS}\r\nSubject: Re: work\r\nMessage-ID: <17@x.test>\r\n"
        f"In-Reply-To: {message_id(message, NEWS)}\r\n\r\nThank you\r\n"
    )
    for _ in range(2):
        assert take(anna, answer) is None
    (noted,) = [fact for fact in anna.facts(message_stream(message)) if isinstance(fact, MessageAnswered)]
    assert noted.text.strip() == "Thank you"
    assert take(anna, answer.replace("\r\n\r\n", "\r\nAuto-Submitted: auto-replied\r\n\r\n", 1)) is None
    assert kinds(anna, message).count("MessageAnswered") == 1


class EveryThird:
    """A gateway that fails for every third message that it is given; what it took is counted."""

    name: ChannelName = "sms"

    def __init__(self) -> None:
        self.given = 0
        self.taken: Counter[str] = Counter()

    def send(self, batch: Sequence[OutgoingMessage]) -> list[Outcome]:
        return [self._take(message) for message in batch]

    def _take(self, message: OutgoingMessage) -> Outcome:
        self.given += 1
        if self.given % 3 == 0:
            return Unsent("busy")
        self.taken[message.message] += 1
        return Taken(reference=f"G-{message.message}")

    def close(self) -> None:
        """Nothing is open."""


def test_messages_through_a_server_that_fails_every_third_arrive_once_each(anna: Operator):
    count = int(os.environ.get("BILLING_TEST_MESSAGES", "3000"))
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    with anna.application.store.transaction() as transaction:
        transaction.append([_queued(number, at) for number in range(count)], [], origin_of_process("test", TODAY))
    anna.application.runner.catch_up()
    channel, later = EveryThird(), timedelta(0)
    clock = SellerClock(anna.application.store, anna.application.tables, now=lambda: datetime.now(UTC) + later)
    ports = Ports(anna.application.store, PostgresOutbox(anna.application), OutboxClock(clock), _origin)
    outbox = Outbox(ports, {"sms": channel})
    while len(channel.taken) < count:
        while outbox.advance():
            anna.application.runner.catch_up()
        for (dead,) in anna.select("SELECT message FROM live.messages WHERE state = 'failed'"):
            anna.tell(RetryMessage(message=dead), today=TODAY)  # A person lets dead letters be tried again.
        anna.application.runner.catch_up()
        later += timedelta(hours=1)
        assert later < timedelta(days=4), "messages are left"
    assert set(channel.taken.values()) == {1}
    assert anna.select("SELECT state, count(*) FROM live.messages GROUP BY 1") == [("sent", count)]


def _queued(number: int, at: datetime) -> Append:
    message = f"00000000-0000-5000-8000-{number:012}"
    fact = MessageQueued(
        effective_on=TODAY, customer="A1", seller="north", kind="planned-work", channel="sms", cause=f"n{number}",
        send_at=at, language="cs", recipient=PHONE, text="x",
    )  # fmt: skip
    return Append(message_stream(message), 0, [fact])

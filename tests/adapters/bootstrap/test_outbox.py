"""Messages to customers through a real mail server: each once, as its template says, whatever comes between."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import dkim
import msgspec
import pytest
import trustme
from dkim.dknewkey import ExtractRSADnsPublicKey, GenRSAKeys

from adapters.bootstrap.application import Application
from adapters.bootstrap.automation import automation_of
from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.outbox import outbox_of
from adapters.bootstrap.seller_clock import SellerClock
from adapters.bootstrap.settings import Settings, read_settings
from adapters.bootstrap.worker import worker_of
from adapters.cli.program import program
from adapters.jobs.outreach import attached
from adapters.postgres.transaction import PostgresTransaction
from billing_core.kernel.errors import BillingError
from billing_core.outreach.kinds import MessageKind
from billing_core.outreach.mail_addresses import message_bounced
from billing_core.outreach.messages import MessageFailed, MessageQueued, MessageSent
from billing_core.outreach.terms import KindTerms, OutreachTerms, Throttle
from billing_core.parties.customers import Customer
from commands.forgetting import ForgetCustomer
from commands.outreach.messages import CancelMessage, QueueMessage, RetryMessage
from commands.outreach.outbox import Outbox
from commands.outreach.templates import PublishMessageTemplate, WithdrawMessageTemplate
from commands.outreach.terms import SetOutreachTerms
from commands.parties import GiveConsent, RegisterCustomer, WithdrawConsent
from commands.parties.consents import PutConsentPurpose
from tests.command_line import CliRunner
from tests.counterparts.smtp import PASSWORD, USER, SmtpCounterpart, smtp_server
from tests.operators import Operator, new_subscriber
from tests.waiting import eventually

NEWS, ANNA, BOB = "news@isp.test", "anna@x.test", "bob@x.test"
TO_PAY = {"amount": "20.00 EUR", "received_on": "2026-03-02"}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def smtp(authority: trustme.CA) -> Iterator[SmtpCounterpart]:
    with smtp_server(authority) as server:
        yield server


class House:
    """An operator with a mail server, and customers with addresses."""

    def __init__(self, operator: Operator, smtp: SmtpCounterpart) -> None:
        self.operator = operator
        self.smtp = smtp
        self.later = timedelta(0)

    @property
    def settings(self) -> Settings:
        return read_settings()

    @property
    def clock(self) -> SellerClock:
        application = self.operator.application
        return SellerClock(application.store, application.tables, now=lambda: datetime.now(UTC) + self.later)

    def sends(self, *kinds: MessageKind | KindTerms, **terms: Any) -> None:
        """The seller sends these kinds from now on."""
        of_kinds = tuple(each if isinstance(each, KindTerms) else KindTerms(kind=each) for each in kinds)
        self.operator.tell(SetOutreachTerms(seller="north", terms=OutreachTerms(kinds=of_kinds, **terms)))

    def outbox(self) -> Outbox:
        outbox = outbox_of(self.operator.application, self.settings, attached, self.clock)
        assert outbox is not None
        return outbox

    def settle(self) -> int:
        """What follows from what happened, and everything that is due leaves."""
        application = self.operator.application
        automation_of(application, self.clock).settle()
        outbox, tried = self.outbox(), 0
        while count := outbox.advance():
            tried += count
            application.runner.catch_up()
        outbox.close()
        return tried

    def queue(self, account: str = "A0001", cause: str = "", **fields: Any) -> str:
        """A message is queued by hand; its id."""
        values = {"kind": "payment-received", "values": TO_PAY} | fields
        command = QueueMessage(account=account, cause=cause, **values)
        return str(self.operator.tell(command).result["message"])

    def state(self, message: str) -> str:
        self.operator.application.runner.catch_up()
        ((state,),) = self.operator.select("SELECT state FROM live.messages WHERE message = %s", message)
        return str(state)

    def states(self) -> list[tuple[str, int]]:
        self.operator.application.runner.catch_up()
        return self.operator.select("SELECT state, count(*) FROM live.messages GROUP BY state ORDER BY state")


@pytest.fixture
def house(
    operator: Operator, smtp: SmtpCounterpart, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> House:
    set_to = {
        "MAIL_FROM": NEWS, "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(smtp.port), "SMTP_USER": USER,
        "SMTP_PASSWORD": PASSWORD, "OWN_PAGES": "https://my.isp.test",
    }  # fmt: skip
    for name, value in set_to.items():
        monkeypatch.setenv(f"BILLING_{name}", value)
    certificates = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(certificates))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates))
    for number, (email, name) in enumerate([(ANNA, "<b>Anna</b> & Co"), (BOB, "Bob")], 1):
        new = new_subscriber(f"A{number:04}")
        customer = msgspec.structs.replace(new.customer, email=email, name=name, language="cs" if email == BOB else "")
        operator.bring_in([msgspec.structs.replace(new, customer=customer)])
    return House(operator, smtp)


def test_an_invoice_is_sent_with_its_pdf_in_text_and_html(house: House):
    house.sends(KindTerms(kind="invoice", attaches=True))
    house.settle()
    house.operator.bill(date(2026, 2, 1), today=date(2026, 2, 1))
    house.settle()

    to_anna, to_bob = sorted(house.smtp.arrived, key=lambda mail: mail.receiver)
    assert to_anna["Subject"].startswith("Invoice ") and to_bob["Subject"].startswith("Faktura ")
    assert to_anna.text.startswith("Dear <b>Anna</b> & Co,\n") and "24.00\u00a0EUR" in to_anna.text
    html = to_anna.mail.get_body(("html",))
    assert html is not None and "Dear &lt;b&gt;Anna&lt;/b&gt; &amp; Co," in html.get_content()
    (document,) = to_anna.mail.iter_attachments()
    number = to_anna["Subject"].removeprefix("Invoice ")
    assert document.get_filename() == f"{number}.pdf" and document.get_content().startswith(b"%PDF")
    assert to_anna["From"] == "North Cable <news@isp.test>" and to_anna["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in to_anna.mail


def test_nothing_is_sent_until_the_seller_sets_its_terms(house: House):
    house.settle()
    house.operator.bill(date(2026, 2, 1), today=date(2026, 2, 1))
    house.settle()

    assert house.smtp.arrived == [] and house.states() == []
    assert automation_of(house.operator.application).refused.listed("reaction") == []


def test_one_cause_is_told_once_by_whatever_command(house: House):
    house.sends("payment-received")

    first, second = house.queue(cause="payment 7"), house.queue(cause="payment 7")
    third = house.queue(cause="payment 8")
    house.settle()

    assert first == second != third
    assert len(house.smtp.arrived) == 2


def test_a_person_hears_why_nothing_is_queued(house: House):
    with pytest.raises(BillingError, match="is not sent by the seller"):
        house.queue()
    house.sends(KindTerms(kind="payment-received", channels=("sms",)))
    with pytest.raises(BillingError, match="has no address for sms"):
        house.queue()


def test_the_template_of_the_house_is_used_until_it_is_withdrawn(house: House):
    house.sends("payment-received")
    own = PublishMessageTemplate(
        kind="payment-received", language="en", channel="email", subject="Thanks {{ customer_name | upper }}",
        text="{{ amount }} came.", html="<p>{{ customer_name }}: {{ amount }}</p>",
    )  # fmt: skip
    house.operator.tell(own)
    house.queue()
    house.operator.tell(WithdrawMessageTemplate(kind="payment-received", language="en", channel="email", reason="x"))
    house.queue()
    house.settle()

    assert sorted(mail["Subject"] for mail in house.smtp.arrived) == [
        "Thanks <B>ANNA</B> & CO", "Your payment has arrived"
    ]  # fmt: skip
    ours = next(mail for mail in house.smtp.arrived if "Thanks" in mail["Subject"])
    html = ours.mail.get_body(("html",))
    assert html is not None and html.get_content() == "<p>&lt;b&gt;Anna&lt;/b&gt; &amp; Co: 20.00\u00a0EUR</p>"


def test_a_mail_is_signed_and_can_be_told_when_it_comes_back(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    GenRSAKeys(f"{tmp_path}/key", False)
    ExtractRSADnsPublicKey(f"{tmp_path}/key", f"{tmp_path}/txt", False)
    monkeypatch.setenv("BILLING_DKIM_SELECTOR", "s1")
    monkeypatch.setenv("BILLING_DKIM_KEY", f"{tmp_path}/key")
    house.sends("payment-received")
    message = house.queue()
    house.settle()

    (arrived,) = house.smtp.arrived

    def answered(name: bytes, timeout: int = 5) -> bytes:
        assert name == b"s1._domainkey.isp.test."
        return (tmp_path / "txt").read_bytes()

    assert dkim.verify(arrived.raw, dnsfunc=answered)
    assert not dkim.verify(arrived.raw.replace(b"Your payment", b"Your account"), dnsfunc=answered)
    key = house.operator.application.store.content_key()
    assert arrived["Message-ID"] == f"<{message}@isp.test>"
    assert message_bounced(key, [arrived.sender.upper()]) == message
    assert message_bounced(key, [arrived.sender[:-13] + "a@isp.test"]) == ""


def test_what_is_refused_for_now_is_tried_again_and_the_same_arrives(house: House):
    house.sends("payment-received")
    message = house.queue()
    house.smtp.answer = "451 4.3.0 later"
    house.settle()
    assert house.state(message) == "waiting"
    house.settle()

    house.smtp.answer = "250 OK"
    house.smtp.after_taking = "closes"
    house.later = timedelta(seconds=10)
    house.settle()  # It has the mail, and says nothing.
    house.smtp.after_taking = ""
    house.later = timedelta(minutes=5)
    house.settle()

    first, second = house.smtp.arrived
    assert first.raw == second.raw
    assert house.state(message) == "sent"
    facts = [fact for fact in house.operator.facts(f"message/{message}") if not isinstance(fact, MessageQueued)]
    assert [type(fact) for fact in facts] == [MessageFailed, MessageFailed, MessageSent]


def test_what_is_refused_for_good_is_a_dead_letter_until_a_person_tries_it_again(house: House):
    house.sends("payment-received")
    message, other = house.queue(), house.queue("A0002")
    house.smtp.refused_receivers[ANNA] = f"550 5.1.1 <{ANNA}> unknown"
    house.settle()
    (failed,) = [fact for fact in house.operator.facts(f"message/{message}") if isinstance(fact, MessageFailed)]
    assert failed.reason == "the mail server refuses the receiver: 550 5.1.1" and failed.again_at is None
    assert (house.state(message), house.state(other)) == ("failed", "sent")

    del house.smtp.refused_receivers[ANNA]
    house.later = timedelta(days=3)
    assert house.settle() == 0
    house.operator.tell(RetryMessage(message=message))
    house.settle()

    assert house.state(message) == "sent"


def test_a_server_that_refuses_every_third_gets_all_of_them_once(house: House):
    house.sends("payment-received")
    for _ in range(40):
        house.queue()
    house.smtp.refuses_each = 3
    for tries in range(1, 6):
        house.later = timedelta(hours=tries)
        house.settle()

    assert house.states() == [("sent", 40)]
    assert len(house.smtp.arrived) == len({each["Message-ID"] for each in house.smtp.arrived}) == 40


def test_while_the_server_is_away_messages_wait_without_a_try(house: House, monkeypatch: pytest.MonkeyPatch):
    house.sends("payment-received")
    message = house.queue()
    with monkeypatch.context() as patched:
        patched.setenv("BILLING_SMTP_PORT", "1")
        house.settle()
    assert house.state(message) == "queued"

    house.settle()

    assert house.state(message) == "sent"


def test_in_quiet_hours_only_what_is_urgent_leaves(house: House):
    now = datetime.now(UTC)
    quiet = {"quiet_from": f"{now - timedelta(hours=1):%H:%M}", "quiet_until": f"{now + timedelta(hours=1):%H:%M}"}
    house.sends("payment-received", KindTerms(kind="outage", is_urgent=True))
    early = house.queue()  # Before the hours were set: they hold when it is about to leave.
    house.sends("payment-received", KindTerms(kind="outage", is_urgent=True), **quiet)
    late, urgent = house.queue(), house.queue(kind="outage", values={})
    house.settle()
    assert [house.state(each) for each in (early, late, urgent)] == ["queued", "queued", "sent"]

    house.later = timedelta(hours=1, minutes=1)
    house.settle()

    assert [house.state(each) for each in (early, late)] == ["sent", "sent"]


def test_no_more_leave_in_a_second_than_the_seller_allows(house: House):
    house.sends("payment-received", throttles=(Throttle(channel="email", per_second=3),))
    for _ in range(5):
        house.queue()
    house.operator.application.runner.catch_up()

    outbox = house.outbox()
    assert outbox.advance() == 3
    outbox.close()


def test_advertising_needs_consent_also_when_it_leaves(house: House):
    house.operator.tell(PutConsentPurpose(purpose="offers", name="Offers", wording="I agree."))
    house.sends(KindTerms(kind="bulk", consent="offers"))
    offer: dict[str, Any] = {"kind": "bulk", "values": {"subject": "Faster", "text": "Now 1 Gbit/s."}}
    with pytest.raises(BillingError, match="has not agreed to offers"):
        house.queue(**offer)
    for customer in ("A0001", "A0002"):
        house.operator.tell(GiveConsent(customer=customer, purpose="offers", channel="web"))
    to_anna, to_bob = house.queue(**offer), house.queue("A0002", **offer)
    house.operator.tell(WithdrawConsent(customer="A0002", purpose="offers", channel="phone"))
    house.settle()

    (arrived,) = house.smtp.arrived
    assert (house.state(to_anna), house.state(to_bob)) == ("sent", "cancelled")
    link = arrived["List-Unsubscribe"].strip()
    assert link.startswith(f"<https://my.isp.test/v1/unsubscribe/{to_anna}/") and link.endswith(">")
    assert arrived["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_what_is_cancelled_is_not_sent_and_words_that_were_sent_are_kept_by_the_stream_alone(house: House):
    house.sends("payment-received")
    cancelled, sent = house.queue(), house.queue("A0002")
    house.operator.tell(CancelMessage(message=cancelled, reason="a mistake"))
    house.settle()

    assert [each.receiver for each in house.smtp.arrived] == [BOB]
    assert house.states() == [("cancelled", 1), ("sent", 1)]
    assert house.operator.select("SELECT DISTINCT content FROM live.messages") == [(None,)]
    (queued, _) = house.operator.facts(f"message/{sent}")
    assert isinstance(queued, MessageQueued) and queued.recipient == BOB and "20,00" in queued.text


def test_what_waits_for_a_customer_who_is_forgotten_is_not_sent(house: House):
    house.sends("payment-received")
    operator = house.operator
    operator.tell(RegisterCustomer(customer=Customer(number="C9", kind="person", name="Cyril", email="cyril@x.test")))
    message = str(operator.tell(QueueMessage(kind="payment-received", customer="C9", seller="north",
                                             values=TO_PAY)).result["message"])  # fmt: skip
    house.operator.application.runner.catch_up()

    operator.application.execute(
        ForgetCustomer(customer="C9", ordered_by="officer", reason="wish"), origin_of_process("clerk")
    )
    house.settle()

    assert house.smtp.arrived == [] and house.state(message) == "cancelled"
    assert operator.select("SELECT recipient, subject, content FROM live.messages") == [("", "", None)]


def test_a_message_that_changed_a_moment_ago_is_not_sent(house: House):
    """The tables are behind: the stream decides."""
    house.sends("payment-received")
    message = house.queue()
    house.operator.application.runner.catch_up()
    house.operator.tell(CancelMessage(message=message, reason="a mistake"))

    outbox = house.outbox()
    assert outbox.advance() == 0
    outbox.close()

    assert house.smtp.arrived == []


def test_two_that_send_at_once_send_each_once(house: House):
    house.sends("payment-received")
    for _ in range(30):
        house.queue()
    house.operator.application.runner.catch_up()

    def send_all(_: int) -> int:
        with closing(Application(house.operator.database_url, house.settings)) as application:
            outbox = outbox_of(application, house.settings, attached)
            assert outbox is not None
            with closing(outbox):
                return outbox.advance() + outbox.advance()

    with ThreadPoolExecutor(3) as pool:
        tried = sum(pool.map(send_all, range(3)))

    assert tried == len(house.smtp.arrived) == 30
    assert len({each["Message-ID"] for each in house.smtp.arrived}) == 30


def test_one_that_is_killed_after_sending_sends_again_with_the_same_id(house: House, monkeypatch: pytest.MonkeyPatch):
    house.sends("payment-received")
    message = house.queue()
    house.operator.application.runner.catch_up()
    outbox = house.outbox()

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(PostgresTransaction, "append", killed)
        with pytest.raises(Killed):
            outbox.advance()
    outbox.close()
    assert house.state(message) == "queued"

    house.settle()

    assert [each["Message-ID"] for each in house.smtp.arrived] == [f"<{message}@isp.test>"] * 2
    assert house.state(message) == "sent"


def test_a_rebuild_sends_nothing_and_the_books_hold(house: House):
    house.sends("payment-received")
    house.queue()
    waiting = house.queue("A0002")
    house.operator.tell(CancelMessage(message=waiting, reason="a mistake"))
    house.settle()
    application = house.operator.application

    application.rebuild([each for each in application.projections if each.name == "messages"])
    house.settle()

    assert len(house.smtp.arrived) == 1
    assert [finding for finding in application.check() if finding.offenders] == []


def test_a_worker_that_does_once_what_is_due_sends_what_follows_from_it(house: House):
    house.sends("payment-received")
    house.queue()
    environment = {"BILLING_DATABASE_URL": house.operator.database_url}
    ended = CliRunner().invoke(program, ["worker", "--once", "--json"], env=environment)
    assert ended.exit_code == 0, ended.output
    assert json.loads(ended.stdout)["messages"] == 1
    assert len(house.smtp.arrived) == 1


def test_the_worker_sends(house: House):
    house.sends("payment-received")
    worker = worker_of(house.operator.database_url)
    thread = Thread(target=worker.run)
    thread.start()
    try:
        house.queue()
        eventually(lambda: house.smtp.arrived)
    finally:
        worker.stop()
        thread.join()
    assert len(house.smtp.arrived) == 1

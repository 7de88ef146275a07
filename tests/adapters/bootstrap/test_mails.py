"""Mails from real mailboxes into tickets and back through a real mail server: each once, whatever comes between."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from threading import Thread
from uuid import uuid4

import pytest
import trustme

from adapters.bootstrap import mail_out
from adapters.bootstrap.automation import automation_of
from adapters.bootstrap.mail_in import MailPoll, Polled
from adapters.bootstrap.origins import origin_of_process
from adapters.bootstrap.seller_clock import SellerClock
from adapters.bootstrap.settings import Settings, read_settings
from adapters.bootstrap.worker import worker_of
from adapters.messages.mailboxes import Fetched, Folder, MailboxUnavailable, OpenMailbox
from billing_core.kernel.errors import NotFound, RuleViolation
from billing_core.kernel.events import Event
from billing_core.parties.customers import Customer
from billing_core.work.flows import END, AddComment, Flow, Move, Step
from billing_core.work.mails import MOST_IN_AN_HOUR, MailBounced
from billing_core.work.ticket_events import ChildOpened, CommentAdded, TicketOpened
from commands.forgetting import ForgetCustomer
from commands.parties import RegisterCustomer
from commands.platform.attached import AttachedFile
from commands.staff.operators import CloseOperator, RegisterOperator, SetOperatorEmail
from commands.work.flows import PublishFlow
from commands.work.mails import ReceiveTicketMail
from commands.work.opening import OpenTicket
from commands.work.steps import CompleteStep
from commands.work.tickets import CloseTicket, CommentTicket, UnwatchTicket, WatchTicket
from tests.adapters.attachments.files import PDF
from tests.counterparts.dovecot import PASSWORD, MailServer, dovecot
from tests.counterparts.smtp import PASSWORD as SMTP_PASSWORD
from tests.counterparts.smtp import USER, Arrived, SmtpCounterpart, smtp_server
from tests.operators import Operator
from tests.waiting import eventually

HELP, SALES, ANNA, STRANGER = "help@isp.test", "sales@isp.test", "anna@x.test", "eve@y.test"
RECEIVED = "We have received your message."
REQUEST = Flow(
    kind="request", title="Request", queue="desk",
    steps=(
        Step(code="receipt", by="automatic", do=(AddComment(text=RECEIVED, audience="customer"),),
             moves=(Move(to="answer"),)),
        Step(code="answer", moves=(Move(to=END, resolution="answered"),)),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def imap(authority: trustme.CA) -> Iterator[MailServer]:
    with dovecot(authority) as server:
        yield server


@pytest.fixture
def smtp(authority: trustme.CA) -> Iterator[SmtpCounterpart]:
    with smtp_server(authority) as server:
        yield server


class House:
    """An operator with a mailbox, a mail server and one customer with an address."""

    def __init__(self, operator: Operator, imap: MailServer, smtp: SmtpCounterpart) -> None:
        self.operator = operator
        self.imap = imap
        self.smtp = smtp
        self.user = f"box-{uuid4().hex[:8]}"
        self.later = timedelta(0)

    @property
    def settings(self) -> Settings:
        return read_settings()

    @property
    def clock(self) -> SellerClock:
        application = self.operator.application
        return SellerClock(application.store, application.tables, now=lambda: datetime.now(UTC) + self.later)

    def arrives(self, mail: EmailMessage, folder: str = "INBOX") -> None:
        self.imap.deliver(self.user, mail.as_bytes(policy=SMTP), folder)

    def poll(self) -> Polled:
        return MailPoll(self.operator.application, self.settings, self.clock).poll()

    def settle(self) -> None:
        """What happens by itself: the flow's actions, and mails that leave."""
        automation_of(self.operator.application, self.clock).settle()

    def taken(self, mail: EmailMessage) -> None:
        """A mail arrives, is read, and what follows happens."""
        self.arrives(mail)
        polled = self.poll()
        assert (polled.taken, polled.faults) == (1, [])
        self.settle()

    def tickets(self) -> list[str]:
        with self.operator.application.tables.transaction("billing") as cursor:
            found = cursor.execute("SELECT DISTINCT originator_id FROM events WHERE originator_id LIKE 'ticket/%'")
            return sorted((row[0].partition("/")[2] for row in found.fetchall()), key=lambda name: int(name[2:]))

    def facts(self, ticket: str) -> list[Event]:
        return list(self.operator.facts(f"ticket/{ticket}"))

    def comments(self, ticket: str) -> list[tuple[str, str, bool]]:
        facts = [fact for fact in self.facts(ticket) if isinstance(fact, CommentAdded)]
        return [(fact.text, fact.audience, fact.is_from_customer) for fact in facts if fact.text != RECEIVED]

    def says(self, ticket: str, text: str) -> Arrived:
        """A person of the house answers; the mail that arrives of it."""
        self.operator.tell(CommentTicket(ticket=ticket, text=text, audience="customer"))
        self.settle()
        return self.smtp.arrived[-1]


@pytest.fixture
def house(
    operator: Operator, imap: MailServer, smtp: SmtpCounterpart, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    house = House(operator, imap, smtp)
    box = {"host": "127.0.0.1", "port": imap.port, "user": house.user, "password": PASSWORD, "kind": "request",
           "queues": {SALES: "sales"}}  # fmt: skip
    set_to = {
        "MAILBOXES": json.dumps([box]), "MAIL_FROM": HELP, "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(smtp.port),
        "SMTP_USER": USER, "SMTP_PASSWORD": SMTP_PASSWORD,
    }  # fmt: skip
    for name, value in set_to.items():
        monkeypatch.setenv(f"BILLING_{name}", value)
    customer = Customer(number="C1", kind="person", name="Anna", email=ANNA)
    operator.tell(RegisterCustomer(customer=customer))
    operator.tell(PublishFlow(flow=REQUEST))
    house.settle()
    with authority.cert_pem.tempfile() as path:
        monkeypatch.setenv("SSL_CERT_FILE", path)
        yield house


def mail(text: str = "It is down.", sender: str = ANNA, to: str = HELP, **headers: str) -> EmailMessage:
    written = EmailMessage(policy=SMTP)
    named = {"Subject": "No connection", "Message-ID": f"<{uuid4().hex}@x.test>"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in {"From": sender, "To": to, **named}.items():
        written[name] = value
    written.set_content(text)
    return written


def answer_to(arrived: Arrived, text: str, sender: str = ANNA, **headers: str) -> EmailMessage:
    """What a mail program makes: to the Reply-To, with the thread, and the mail quoted."""
    quoted = "\n".join(f"> {line}" for line in arrived.text.splitlines())
    thread = {"Subject": f"Re: {arrived['Subject']}", "In-Reply-To": arrived["Message-ID"],
              "References": f"{arrived['References']} {arrived['Message-ID']}"}  # fmt: skip
    body = f"{text}\n\nOn 3/2/26 09:41, Help wrote:\n{quoted}"
    return mail(body, sender, arrived["Reply-To"], **(thread | headers))


def only(names: list[str]) -> str:
    (name,) = names
    return name


def test_a_mail_opens_a_ticket_is_answered_and_the_answer_comes_back_into_it(house: House):
    house.taken(mail(Message_ID="<17@x.test>"))

    ticket = only(house.tickets())
    opened = house.facts(ticket)[0]
    assert isinstance(opened, TicketOpened)
    assert (opened.subject, opened.customer, opened.source) == ("No connection", "C1", "mail")
    assert house.comments(ticket) == [("It is down.", "customer", True)]
    receipt = only_arrived(house)
    assert (receipt.receiver, receipt["Subject"]) == (ANNA, f"[{ticket}] No connection")
    assert (receipt["In-Reply-To"], receipt["Auto-Submitted"]) == ("<17@x.test>", "auto-generated")

    arrived = house.says(ticket, "Please restart it.")
    assert "Auto-Submitted" not in arrived.mail and "Please restart it." in arrived.text
    house.taken(answer_to(arrived, "It works. Thank you!"))

    ours, hers = house.comments(ticket)[1:]
    assert ours == ("Please restart it.", "customer", False)
    assert hers == ("It works. Thank you!", "customer", True)
    assert house.tickets() == [ticket]
    assert len(house.smtp.arrived) == 2  # What the customer says is not sent back.
    assert house.imap.subjects(house.user) == [] and len(house.imap.subjects(house.user, "Done")) == 2


def only_arrived(house: House) -> Arrived:
    (arrived,) = house.smtp.arrived
    return arrived


def test_the_same_mail_comes_once_from_two_mailboxes_and_again_after_a_crash_before_it_was_moved(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    house.arrives(mail(Message_ID="<17@x.test>"))
    house.arrives(mail(Message_ID="<17@x.test>", Delivered_To="support@isp.test"))

    def crashes(box: OpenMailbox, fetched: Fetched, folder: Folder) -> None:
        raise MailboxUnavailable("the connection was lost")

    with monkeypatch.context() as patched:
        patched.setattr(OpenMailbox, "move", crashes)
        assert house.poll().faults == [f"mailbox {house.user} at 127.0.0.1: the connection was lost"]
    assert len(house.imap.subjects(house.user)) == 2
    polled = house.poll()
    again = house.poll()

    assert (polled.taken, polled.known) == (0, 2)
    assert again.moved == 0
    assert len(house.comments(only(house.tickets()))) == 1
    assert len(house.imap.subjects(house.user, "Done")) == 2


def test_several_who_read_one_mailbox_at_once_take_each_mail_once(house: House):
    for number in range(8):
        house.arrives(mail(f"mail {number}"))

    with ThreadPoolExecutor(3) as threads:
        polled = [each.result() for each in [threads.submit(house.poll) for _ in range(3)]]

    assert sum(each.taken for each in polled) == 8
    assert [each.faults for each in polled] == [[], [], []]
    texts = [house.comments(ticket) for ticket in house.tickets()]
    assert sorted(texts) == [[(f"mail {number}", "customer", True)] for number in range(8)]
    assert len(house.imap.subjects(house.user, "Done")) == 8


def test_one_mail_that_is_taken_from_four_mailboxes_at_the_same_moment_comes_once(house: House):
    command = ReceiveTicketMail(
        mail="9f" * 20, sender="3a" * 16, address=STRANGER, what="person", kind="request", subject="Down"
    )
    application = house.operator.application

    with ThreadPoolExecutor(4) as threads:
        given = [threads.submit(application.bus.execute, command, origin_of_process("mail")) for _ in range(4)]
        outcomes = sorted(each.result().result["outcome"] for each in given)

    assert outcomes == ["known", "known", "known", "taken"]
    assert len(house.comments(only(house.tickets()))) == 1


def test_files_that_may_be_attached_are_and_the_others_are_named(house: House):
    sent = mail()
    sent.add_attachment(PDF, maintype="application", subtype="pdf", filename="../smlouva č. 1.pdf")
    sent.add_attachment(b"MZ", maintype="application", subtype="x-msdownload", filename="key.exe")

    house.taken(sent)

    ticket = only(house.tickets())
    said = next(fact for fact in house.facts(ticket) if isinstance(fact, CommentAdded))
    assert said.names == ("smlouva č. 1.pdf",)
    assert said.text == "It is down.\n[key.exe, application/x-msdownload: stays in the mailbox]"
    (file,) = said.attachments
    _, path = house.operator.application.attachments.find(file.content_hash)
    assert path.read_bytes() == PDF


def test_files_that_are_said_to_the_customer_leave_with_the_mail(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mail_out, "MOST_FILES_BYTES", len(PDF))
    house.taken(mail())
    attachments = house.operator.application.attachments
    named = []
    for name, content, media_type in (("plán.pdf", PDF, "application/pdf"), ("large.txt", b"x", "text/plain")):
        incoming = attachments.begin()
        incoming.add(content)
        named.append(AttachedFile(name=name, content_hash=attachments.keep(incoming, media_type).content_hash))
    ticket = only(house.tickets())

    house.operator.tell(CommentTicket(ticket=ticket, text="Here.", audience="customer", attachments=tuple(named)))
    house.settle()

    arrived = house.smtp.arrived[-1]
    (file,) = arrived.mail.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("plán.pdf", "application/pdf")
    assert isinstance(file, EmailMessage) and file.get_content() == PDF
    assert arrived.text.endswith("Here.\n[large.txt]\n")


def test_a_mail_into_a_ticket_of_a_customer_who_was_forgotten_opens_one_of_nobody(house: House):
    house.taken(mail())
    first = only(house.tickets())
    arrived = house.smtp.arrived[0]
    house.operator.tell(CloseTicket(ticket=first, reason="mended", outcome="completed"))
    house.operator.application.runner.catch_up()
    house.operator.application.execute(
        ForgetCustomer(customer="C1", ordered_by="clerk", reason="asked"), origin_of_process("clerk")
    )

    house.taken(answer_to(arrived, "It is down again."))

    opened = house.facts(house.tickets()[1])[0]
    assert isinstance(opened, TicketOpened) and (opened.parent, opened.customer) == (first, "")


def test_a_subject_alone_lets_only_the_customer_write_into_a_ticket(house: House):
    house.taken(mail())
    ticket = only(house.tickets())

    house.taken(mail("I am Anna, my password please", STRANGER, Subject=f"Re: [{ticket}] No connection"))
    house.taken(mail("It is down again.", Subject=f"Re: [{ticket}]"))

    assert [text for text, _, _ in house.comments(ticket)] == ["It is down.", "It is down again."]
    second = house.tickets()[1]
    assert house.comments(second) == [("I am Anna, my password please", "customer", True)]
    opened = house.facts(second)[0]
    assert isinstance(opened, TicketOpened) and opened.customer == ""
    assert {each.receiver for each in house.smtp.arrived if "password" in each.text} == set()


def test_somebody_who_is_no_customer_is_answered_and_kept_unreadable_in_the_store(house: House):
    house.taken(mail("Do you have fibre in Dolní 5?", STRANGER, SALES))

    ticket = only(house.tickets())
    opened = house.facts(ticket)[0]
    assert isinstance(opened, TicketOpened) and (opened.queue, opened.customer) == ("sales", "")
    assert house.says(ticket, "Yes.").receiver == STRANGER
    ((stored,),) = house.operator.select("SELECT string_agg(convert_from(state, 'UTF8'), ' ') FROM billing.events")
    assert "eve@y" not in stored and "Dolní 5" not in stored


def test_a_robot_is_noted_inside_its_thread_and_refused_elsewhere(house: House):
    house.taken(mail())
    ticket = only(house.tickets())
    before = len(house.smtp.arrived)

    house.taken(answer_to(house.smtp.arrived[0], "I am on holiday.", Auto_Submitted="auto-replied"))
    house.arrives(mail("Buy now", STRANGER, Precedence="bulk"))
    house.arrives(mail("Ours", HELP))
    polled = house.poll()
    house.settle()

    assert house.comments(ticket)[-1] == ("I am on holiday.", "inside", False)
    assert (polled.refused, house.tickets()) == (2, [ticket])
    assert len(house.smtp.arrived) == before
    assert len(house.imap.subjects(house.user, "Refused")) == 2


def test_a_bounce_is_noted_on_its_ticket_and_never_answered(house: House):
    house.taken(mail())
    ticket = only(house.tickets())
    lost = house.smtp.arrived[0]
    bounce = EmailMessage(policy=SMTP)
    bounce["From"], bounce["To"], bounce["Return-Path"] = "MAILER-DAEMON@mx.x.test", lost.sender, "<>"
    bounce["Subject"] = "Undelivered Mail Returned to Sender"
    raw = bounce.as_bytes().rstrip() + (
        b"\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.x.test\r\n\r\nAction: failed\r\n"
        b"Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user\r\n\r\n--b--\r\n"
    )
    house.imap.deliver(house.user, raw)
    house.imap.deliver(house.user, raw)

    polled = house.poll()
    house.settle()

    assert (polled.taken, polled.known) == (1, 1)
    bounced = [fact for fact in house.facts(ticket) if isinstance(fact, MailBounced)]
    assert [(fact.status, fact.diagnostic) for fact in bounced] == [("5.1.1", "smtp; 550 no such user")]
    assert house.tickets() == [ticket] and house.smtp.arrived == [lost]


def test_two_robots_that_answer_each_other_come_to_an_end(house: House):
    """The other one does not say that it is a robot, and makes a new mail of each of ours."""
    house.arrives(mail("Out of office.", STRANGER))
    rounds = 0
    while house.poll().taken:
        rounds += 1
        assert rounds <= MOST_IN_AN_HOUR
        before = len(house.smtp.arrived)
        house.settle()
        for _ in house.smtp.arrived[before:]:
            house.arrives(mail("Out of office.", STRANGER, Subject="Automatic"))

    assert rounds == MOST_IN_AN_HOUR
    assert len(house.tickets()) == MOST_IN_AN_HOUR
    assert house.imap.subjects(house.user, "Refused") == ["Automatic"]
    house.later = timedelta(hours=1)
    house.taken(mail("I am back.", STRANGER))


def test_an_answer_after_the_end_of_a_ticket_opens_one_that_goes_on_from_it(house: House):
    house.taken(mail())
    first = only(house.tickets())
    arrived = house.smtp.arrived[0]
    house.operator.tell(CloseTicket(ticket=first, reason="mended", outcome="completed"))

    house.taken(answer_to(arrived, "It is down again."))

    second = house.tickets()[1]
    assert house.comments(second) == [("It is down again.", "customer", True)]
    assert [fact.child for fact in house.facts(first) if isinstance(fact, ChildOpened)] == [second]
    opened = house.facts(second)[0]
    assert isinstance(opened, TicketOpened) and (opened.parent, opened.customer) == (first, "C1")


def test_a_mail_that_no_flow_takes_stays_unread_until_it_is_mended(house: House, monkeypatch: pytest.MonkeyPatch):
    boxes = json.loads(str(house.settings.model_dump_json()))["mailboxes"]
    wrong = [box | {"kind": "none", "password": PASSWORD} for box in boxes]
    house.arrives(mail())
    with monkeypatch.context() as patched:
        patched.setenv("BILLING_MAILBOXES", json.dumps(wrong))
        polled = house.poll()
    assert polled.moved == 0 and "no flow of this kind" in polled.faults[0]

    assert house.poll().taken == 1
    assert len(house.tickets()) == 1


def test_a_refused_receiver_is_a_dead_letter_with_its_reason_and_the_others_are_sent(house: House):
    house.smtp.refused_receivers[ANNA] = f"550 5.1.1 <{ANNA}> unknown"

    house.taken(mail())
    house.taken(mail("Hello", STRANGER))

    listed = [each.delivery for each in automation_of(house.operator.application).deliveries.listed()]
    assert [(each.follower, each.next_try_at, each.error) for each in listed] == [
        ("mail", None, "the mail server refuses the receiver: 550 5.1.1")
    ]
    assert [each.receiver for each in house.smtp.arrived] == [STRANGER]


def test_a_mail_that_is_refused_for_now_is_sent_later_and_later_ones_of_its_ticket_wait(house: House):
    house.smtp.answer = "451 4.3.0 later"
    house.taken(mail())
    ticket = only(house.tickets())
    house.operator.tell(CommentTicket(ticket=ticket, text="Second", audience="customer"))
    house.settle()
    assert house.smtp.arrived == []

    house.smtp.answer = "250 OK"
    house.later = timedelta(seconds=10)
    house.settle()
    house.settle()

    assert [RECEIVED in each.text for each in house.smtp.arrived] == [True, False]


def test_a_mail_that_was_taken_while_the_connection_broke_comes_again_with_the_same_id(house: House):
    house.smtp.after_taking = "closes"
    house.taken(mail())
    house.smtp.after_taking = ""
    house.later = timedelta(seconds=10)
    house.settle()

    first, second = house.smtp.arrived
    assert first.raw == second.raw


def test_the_worker_reads_mailboxes_and_sends_what_follows(house: House):
    worker = worker_of(house.operator.database_url)
    thread = Thread(target=worker.run)
    house.arrives(mail())
    thread.start()
    try:
        eventually(lambda: house.smtp.arrived)
    finally:
        worker.stop()
        thread.join()

    assert RECEIVED in house.smtp.arrived[0].text
    assert house.imap.subjects(house.user, "Done") == ["No connection"]


def test_what_is_said_inside_is_never_sent(house: House):
    house.taken(mail())
    before = len(house.smtp.arrived)

    house.operator.tell(CommentTicket(ticket=only(house.tickets()), text="Difficult customer", audience="inside"))
    house.settle()

    assert len(house.smtp.arrived) == before


def test_nothing_of_a_person_is_logged(house: House, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG):
        house.taken(mail("My secret", Subject="My secret"))
        house.smtp.refused_receivers[ANNA] = f"550 {ANNA}"
        house.operator.tell(CommentTicket(ticket=only(house.tickets()), text="Your secret", audience="customer"))
        house.settle()

    ours = [entry.getMessage() for entry in caplog.records if entry.name.startswith("adapters.")]
    assert any("is taken" in each for each in ours)
    assert not any("anna" in each or "secret" in each for each in ours)


def test_the_read_models_and_invariants_hold_with_mails_of_strangers(house: House):
    house.taken(mail("Hello", STRANGER))
    house.taken(mail())

    assert [finding for finding in house.operator.application.check() if finding.offenders] == []


# --- watchers


def watched(house: House) -> str:
    """A ticket that the house works on, watched by milan and by eva, who have addresses; its receipt is done."""
    for name, roles in (("milan", ("technician",)), ("eva", ("technician",)), ("radius", ("radius",))):
        house.operator.tell(RegisterOperator(operator=name, name=name.title(), roles=roles))
        house.operator.tell(SetOperatorEmail(operator=name, email=f"{name}@isp.test"))
    opened = house.operator.tell(OpenTicket(kind="request", subject="No\nconnection", customer="C1"))
    house.settle()
    for name in ("milan", "eva", "radius"):
        house.operator.tell(WatchTicket(ticket=opened.result["ticket"], operator=name))
    house.settle()
    house.smtp.arrived.clear()
    return str(opened.result["ticket"])


def receivers(house: House) -> list[str]:
    return [arrived.receiver for arrived in house.smtp.arrived if arrived.receiver != ANNA]


def test_watchers_are_written_once_what_a_command_changes_but_not_who_gave_it(house: House):
    ticket = watched(house)
    house.operator.tell(CompleteStep(ticket=ticket, step="answer", resolution="answered"), actor="eva")
    house.settle()

    arrived = only_arrived(house)
    assert (arrived.receiver, arrived["Subject"]) == ("milan@isp.test", f"{ticket}: No connection")
    assert "eva: completed answer as answered\neva: completed\n" in arrived.text
    assert (arrived["Reply-To"], arrived["Auto-Submitted"]) == ("None", "auto-generated")
    house.settle()
    assert len(house.smtp.arrived) == 1


def test_what_a_customer_writes_is_sent_to_watchers_and_what_is_said_inside_too(house: House):
    ticket = watched(house)
    house.says(ticket, "Please restart it.")
    to_her = next(arrived for arrived in house.smtp.arrived if arrived.receiver == ANNA)
    house.taken(answer_to(to_her, "It is dark still."))
    house.operator.tell(CommentTicket(ticket=ticket, text="The splitter, I think."))
    house.settle()
    texts = [arrived.text for arrived in house.smtp.arrived if arrived.receiver == "milan@isp.test"]
    assert [each in text for each, text in zip(("restart", "dark still", "splitter"), texts, strict=True)] == [True] * 3


def test_who_was_closed_has_no_address_watches_no_more_or_may_not_see_it_is_written_nothing(house: House):
    ticket = watched(house)  # The role radius does not show tickets.
    house.operator.tell(CloseOperator(operator="milan", reason="left"))
    house.operator.tell(UnwatchTicket(ticket=ticket, operator="eva"))
    house.operator.tell(CommentTicket(ticket=ticket, text="One"))
    house.settle()
    assert receivers(house) == []
    house.operator.tell(WatchTicket(ticket=ticket, operator="eva"))
    house.operator.tell(CommentTicket(ticket=ticket, text="Two"))
    house.operator.tell(SetOperatorEmail(operator="eva"))
    house.settle()
    assert receivers(house) == []
    house.operator.tell(SetOperatorEmail(operator="eva", email="eva@isp.test"))
    house.operator.tell(CommentTicket(ticket=ticket, text="Three"))
    house.settle()
    assert receivers(house) == ["eva@isp.test"]


def test_an_address_that_a_server_refuses_stands_in_nobodys_way(house: House):
    ticket = watched(house)
    house.smtp.refused_receivers["eva@isp.test"] = "550 5.1.1 no such user"
    house.operator.tell(CommentTicket(ticket=ticket, text="One"))
    house.settle()
    assert receivers(house) == ["milan@isp.test"]
    (listed,) = automation_of(house.operator.application).deliveries.listed("ticket-watchers")
    assert listed.delivery.next_try_at is None
    assert listed.delivery.error == "eva: the mail server refuses the receiver: 550 5.1.1"


def test_only_an_operator_who_works_can_be_made_a_watcher(house: House):
    ticket = watched(house)
    with pytest.raises(NotFound, match="no such operator"):
        house.operator.tell(WatchTicket(ticket=ticket, operator="mlian"))
    house.operator.tell(CloseOperator(operator="milan", reason="left"))
    with pytest.raises(RuleViolation, match="is closed"):
        house.operator.tell(WatchTicket(ticket=ticket, operator="milan"))

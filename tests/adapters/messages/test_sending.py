"""Mail on a real SMTP server: how it arrives, and what becomes of every refusal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import trustme

from adapters.messages.sending import send_mail
from adapters.messages.writing import From, TicketMail, write_mail
from billing_core.work.mail_tickets import token_of
from commands.platform.followers import Undeliverable, Undelivered
from tests.counterparts.smtp import SmtpCounterpart, smtp_server

KEY = b"the key of this house"
OURS = From("help@isp.test", KEY)
ANNA = "anna@x.test"
MAIL = TicketMail(
    "T-1251", 88123, ANNA, "Výpadek", "Opraveno. ✓", datetime(2026, 3, 2, 9, 41, tzinfo=UTC), "<17@x.test>"
)
TOKEN = token_of(KEY, "T-1251")


@pytest.fixture
def smtp(authority: trustme.CA) -> Iterator[SmtpCounterpart]:
    with smtp_server(authority) as server:
        yield server


def send(smtp: SmtpCounterpart, mail: TicketMail = MAIL, **settings: Any) -> None:
    written = write_mail(mail, OURS)
    send_mail(written, written["Reply-To"], mail.to, smtp.settings(**settings))


def test_a_mail_arrives_encrypted_with_the_headers_of_its_thread(smtp: SmtpCounterpart):
    send(smtp)

    (arrived,) = smtp.arrived
    assert (arrived.sender, arrived.receiver) == (f"help+t-1251.{TOKEN}@isp.test", ANNA)
    assert arrived["Subject"] == "[T-1251] Výpadek"
    assert arrived["From"] == "help@isp.test" and arrived["Reply-To"] == arrived.sender
    assert arrived["Message-ID"] == f"<t-1251.88123.{TOKEN}@isp.test>"
    assert arrived["In-Reply-To"] == "<17@x.test>"
    assert arrived["References"] == f"<t-1251.0.{TOKEN}@isp.test> <17@x.test>"
    assert arrived["Date"] == "Mon, 02 Mar 2026 09:41:00 +0000"
    assert "Auto-Submitted" not in arrived.mail
    assert arrived.text == "--- [T-1251] Please write above this line ---\n\nOpraveno. ✓\n"


def test_it_is_the_same_at_every_try(smtp: SmtpCounterpart):
    send(smtp)
    send(smtp)

    assert smtp.arrived[0].raw == smtp.arrived[1].raw


def test_what_no_person_wrote_says_so(smtp: SmtpCounterpart):
    send(smtp, MAIL._replace(is_automatic=True))

    assert smtp.arrived[0]["Auto-Submitted"] == "auto-generated"
    assert smtp.arrived[0]["X-Auto-Response-Suppress"] == "All"


@pytest.mark.parametrize(
    "answered", ["", "<a b@x.test>", "17@x.test", "<17@x.test>\r\nBcc: all@x.test", f"<{'a' * 999}@x>"]
)
def test_an_id_that_is_none_is_not_repeated(smtp: SmtpCounterpart, answered: str):
    send(smtp, MAIL._replace(answered=answered))

    assert smtp.arrived[0]["In-Reply-To"] == smtp.arrived[0]["References"] == f"<t-1251.0.{TOKEN}@isp.test>"
    assert "Bcc" not in smtp.arrived[0].mail


@pytest.mark.parametrize(
    ("code", "error", "text"),
    [
        (f"550 5.1.1 <{ANNA}> is unknown here", Undeliverable, "refuses the receiver: 550 5.1.1"),
        (f"452 4.2.2 the box of {ANNA} is full", Undelivered, "refuses the receiver: 452 4.2.2"),
        (f"550 {ANNA} is unknown", Undeliverable, "refuses the receiver: 550"),
    ],
)
def test_a_refused_receiver_is_told_by_code_and_never_by_address(
    smtp: SmtpCounterpart, code: str, error: type[Exception], text: str
):
    smtp.refused_receivers[ANNA] = code

    with pytest.raises(error) as refused:
        send(smtp)

    assert str(refused.value).endswith(text)


@pytest.mark.parametrize(("answer", "error"), [("554 5.7.1 spam", Undeliverable), ("451 4.3.0 later", Undelivered)])
def test_a_refused_mail_is_tried_again_unless_it_is_refused_for_good(
    smtp: SmtpCounterpart, answer: str, error: type[Exception]
):
    smtp.answer = answer

    with pytest.raises(error, match=f"refuses the mail: {answer[:9]}"):
        send(smtp)


def test_a_fault_of_the_settings_loses_no_mail_and_shows_no_password(
    smtp: SmtpCounterpart, monkeypatch: pytest.MonkeyPatch
):
    faults: list[tuple[dict[str, Any], str]] = [
        ({"password": "a-secret"}, "login: 535 5.7.8"),
        ({"user": ""}, "sender: 530 5.7.0"),
        ({"security": "none"}, "AUTH"),
        ({"security": "tls"}, "unavailable"),
        ({"port": 1}, "Connection refused"),
    ]
    for settings, why in faults:
        with pytest.raises(Undelivered, match=why) as failed:
            send(smtp, **settings)
        assert "a-secret" not in str(failed.value)
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(Undelivered, match="unavailable"):
        send(smtp)
    assert smtp.arrived == []


def test_nothing_leaves_unencrypted_if_the_server_does_not_offer_it(authority: trustme.CA):
    with smtp_server(authority, is_encrypted=False) as smtp:
        with pytest.raises(Undelivered, match="STARTTLS"):
            send(smtp, user="")
        assert smtp.arrived == []
        send(smtp, user="", security="none")  # Unless it is allowed, for a server on this machine.
        assert len(smtp.arrived) == 1


def test_an_address_that_the_server_cannot_write_is_refused_for_good(smtp: SmtpCounterpart):
    with pytest.raises(Undeliverable, match="SMTPUTF8"):
        send(smtp, MAIL._replace(to="žofie@x.test"))


def test_a_connection_that_is_lost_after_the_mail_was_taken_is_tried_again(smtp: SmtpCounterpart):
    smtp.after_taking = "closes"

    with pytest.raises(Undelivered, match="unavailable"):
        send(smtp)

    assert len(smtp.arrived) == 1

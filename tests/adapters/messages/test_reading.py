"""What is read of a mail: headers that decide, a text in whatever character set, files; and of garbage a refusal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.messages.parts import UnreadableMail
from adapters.messages.reading import MailAttachment, ReadMail, read_mail
from billing_core.work.mail_kinds import DeliveryReport
from billing_core.work.mail_texts import CUT, MOST_LETTERS

KEY = b"the key of this house"


def read(*lines: str, encoding: str = "utf-8") -> ReadMail:
    return read_mail("\r\n".join(lines).encode(encoding), KEY)


@pytest.mark.parametrize("header", ["To", "From", "Subject", "References", "Message-ID", "Auto-Submitted"])
@pytest.mark.parametrize("repeated", ["(", "=?utf-8?q?a?= ", "<a@x> ", ",", '"', "=?punycode?q?", "\\"])
def test_a_header_of_one_thing_repeated_is_read_as_far_as_it_is_of_use_or_refused(header: str, repeated: str):
    raw = f"{header}: ".encode() + repeated.encode() * 200_000 + b"\r\n\r\nhi"
    try:
        mail = read_mail(raw, KEY)
    except UnreadableMail:
        # Comments within comments: the parser of some versions of Python goes too deep for them.
        if repeated == "(" and header in ("To", "From"):
            return
        raise

    assert mail.text == "hi" and len(mail.headers.subject) <= 200 and len(mail.headers.answered) <= 200


def test_headers_are_decoded_and_addresses_are_taken_out():
    mail = read(
        "Return-Path: <anna@x.test>", "Delivered-To: help@isp.test", 'From: "Nová, Jana" <Jana@X.test>',
        "To: Help <help+t-1.abc@isp.test>, other@x.test", "Cc: boss@x.test",
        "Subject: =?iso-8859-2?Q?P=F8eru=B9en=ED?=", "\t=?utf-8?B?IMWhxaU=?= linky", "Message-ID: <17@x.test>",
        "In-Reply-To: <a@isp.test>", "References: <r@isp.test>", " <a@isp.test>", "Auto-Submitted: no",
        "Precedence: bulk", "X-Auto-Response-Suppress: OOF", "List-Id: <l.x.test>", "", "hi",
    ).headers  # fmt: skip

    assert mail.sender == "Jana@X.test"
    assert mail.recipients == ("help+t-1.abc@isp.test", "other@x.test", "boss@x.test", "help@isp.test")
    assert mail.subject == "Přerušení šť linky"
    assert mail.answered == ("<a@isp.test>", "<r@isp.test>", "<a@isp.test>")
    assert (mail.message_id, mail.return_path, mail.auto_submitted) == ("<17@x.test>", "anna@x.test", "no")
    assert (mail.precedence, mail.suppressed, mail.is_from_list) == ("bulk", "OOF", True)


def test_an_empty_return_path_differs_from_none():
    assert read("Return-Path: <>", "", "").headers.return_path == ""
    assert read("From: a@x.test", "", "").headers.return_path is None


@pytest.mark.parametrize(
    ("charset", "encoding", "text"),
    [
        ("utf-8", "utf-8", "Nejde č ✓"), ("windows-1250", "cp1250", "Nejde č"), ("koi8-r", "koi8-r", "Не работает"),
        ("iso-2022-jp", "iso-2022-jp", "つながらない"), ("unknown-8bit", "utf-8", "Nejde č"),
        ("no-such-charset", "latin-1", "Nejde \ufffd"), ("us-ascii", "utf-8", "Nejde č"),
        ("punycode", "utf-8", "Nejde č"), ("utf-7", "ascii", "+2AA-"),
    ],
)  # fmt: skip
def test_a_text_is_read_in_its_character_set_and_a_wrong_one_costs_letters_only(charset: str, encoding: str, text: str):
    sent = text.replace("\ufffd", "\xe8")
    text = text.replace("+2AA-", "?")  # Half of a pair, which is no letter.

    mail = read(f"Content-Type: text/plain; charset={charset}", "", sent, encoding=encoding)

    assert mail.text == text


PARTS = (
    "Content-Type: multipart/mixed; boundary=m", "", "--m", "Content-Type: multipart/alternative; boundary=a", "",
    "--a", "Content-Type: text/plain", "", "{plain}", "--a", "Content-Type: text/html; charset=utf-8",
    "Content-Transfer-Encoding: quoted-printable", "", "<p>Nejde <b>=C4=8D</b></p><script>x()</script><p>Jana</p>",
    "--a--", "--m", 'Content-Type: image/png; name="=?utf-8?Q?v=C3=BDpadek=2Epng?="',
    "Content-Transfer-Encoding: base64", "", "iVBORw==", "--m",
    'Content-Type: text/plain; name="C:\\logs\\..\\router.txt"', "Content-Disposition: attachment", "", "log",
    "--m", "Content-Type: message/rfc822", "", "Subject: other", "", "within", "--m--",
)  # fmt: skip


@pytest.mark.parametrize(("plain", "text"), [("Nejde", "Nejde"), ("", "Nejde č\n\nJana")])
def test_the_plain_text_is_taken_or_that_of_the_page_and_everything_else_is_a_file(plain: str, text: str):
    mail = read(*(line.format(plain=plain) if line == "{plain}" else line for line in PARTS))

    assert mail.text == text
    picture, log, within = mail.attachments
    assert picture == MailAttachment("výpadek.png", "image/png", b"\x89PNG\r\n\x1a\n"[:4])
    assert (log.name, log.content) == ("router.txt", b"log")
    assert (within.media_type, within.content) == ("message/rfc822", b"Subject: other\n\nwithin")


BOUNCE = (
    "From: MAILER-DAEMON@x.test", "Return-Path: <>", "Auto-Submitted: auto-replied",
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b", "", "--b", "Content-Type: text/plain",
    "", "Sorry.", "--b", "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; mx.x.test", "",
    "Final-Recipient: rfc822; anna@x.test", "Action: failed", "Status: 5.1.1",
    "Diagnostic-Code: smtp; 550 5.1.1 <anna@x.test>", " unknown", "", "--b", "Content-Type: {returned}", "",
    "From: help@isp.test", "Message-ID: <t-1.7.abc@isp.test>", "References: <t-1.0.abc@isp.test>", "", "body",
    "--b--",
)  # fmt: skip


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
def test_a_bounce_tells_what_became_of_which_mail(returned: str):
    headers = read(*(line.format(returned=returned) for line in BOUNCE)).headers

    assert headers.report == DeliveryReport(
        action="failed", status="5.1.1", diagnostic="smtp; 550 5.1.1 <anna@x.test> unknown"
    )
    assert headers.answered == ("<t-1.7.abc@isp.test>", "<t-1.0.abc@isp.test>")


def test_a_mail_stands_for_itself_in_whichever_mailbox_it_lies():
    lines = ("From: a@x.test", "Date: Mon, 02 Mar 2026 09:41:00 +0000", "Message-ID: <17@x.test>", "", "hi")
    first = read("Delivered-To: help@isp.test", "Received: one", *lines).stands_for

    assert read("Delivered-To: sales@isp.test", "Received: two", *lines).stands_for == first
    assert read(*lines[:-1], "hi!").stands_for != first
    assert read(*lines[:2], "Message-ID: <18@x.test>", *lines[3:]).stands_for != first
    assert read_mail("\r\n".join(lines).encode(), b"another key").stands_for != first


@given(st.binary(max_size=400) | st.lists(st.sampled_from([*PARTS, *BOUNCE]), max_size=40).map(
    lambda lines: "\r\n".join(lines).encode()
))  # fmt: skip
def test_whatever_comes_is_read_or_refused(raw: bytes):
    try:
        mail = read_mail(raw, KEY)
    except UnreadableMail:
        return
    mail.text.encode()
    assert "\x00" not in mail.text
    headers = mail.headers
    told = (headers.sender, headers.message_id, headers.subject, *headers.recipients, *headers.answered)
    assert all(each.isprintable() for each in (*told, *(file.name for file in mail.attachments)))


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 300,
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\nContent-Type: image/png\r\n\r\nx\r\n" * 30,
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(1_000)),
        b"Content-Type: multipart/mixed" + b";" * 2_000_000 + b"\r\n\r\nx",
        b"content-disposition: attachment\r\n" + b' ;a="\r\n' * 300_000 + b"\r\nx",
    ],
    ids=["parts", "attachments", "parts within parts", "parameters", "continued parameters"],
)
def test_too_much_in_one_mail_is_refused(raw: bytes):
    with pytest.raises(UnreadableMail):
        read_mail(raw, KEY)


@pytest.mark.parametrize(
    "repeated", ["On ", "\n", "> \n", "On a:\n", "-", "From: a@b\n", "<div>", "&lt;", " ", "a: \n"]
)
def test_a_text_of_one_thing_repeated_is_read_though_a_rule_that_looks_back_would_never_end(repeated: str):
    raw = b"Content-Type: text/plain\r\n\r\n" + repeated.encode() * 200_000
    page = b"Content-Type: text/html\r\n\r\n" + repeated.encode() * 200_000

    for each in (raw, page):
        assert len(read_mail(each, KEY).text) <= MOST_LETTERS + len(f"\n{CUT}")

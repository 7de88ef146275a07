"""Templates of messages: what they may hold, how they are rendered, and the ready-made ones."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from itertools import product
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.messages.reading import MailAttachment
from adapters.outreach.examples import example_facts
from adapters.outreach.mail import MailFrom, mail_of
from adapters.outreach.ready_made import ready_template, ready_templates, unsubscribe_words
from adapters.outreach.templates import JinjaTemplates
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.languages import LANGUAGES
from billing_core.kernel.money import Money
from billing_core.outreach.kinds import CHANNELS, MESSAGE_KINDS, ON_PAGES, MessageItem, MessageKind
from billing_core.outreach.rendering import Facts
from billing_core.outreach.templates import MessageTemplate, require_template
from commands.outreach.channels import OutgoingMessage
from tests.billing_core.test_messages import AT

TEMPLATES = JinjaTemplates()
SENDER = MailFrom("news@isp.test", b"key", "https://my.isp.test", "North Cäble", "info@north.test")


def template(text: str, kind: MessageKind = "overdue", html: str = "") -> MessageTemplate:
    return MessageTemplate(kind=kind, language="cs", channel="email", subject="x", text=text, html=html)


@pytest.mark.parametrize(
    "text",
    [
        "{{ debt }} {{ customer_name | upper }} {{ seller_phone | default('none') }}",
        "{% if iban and not seller_phone %}a{% elif debt == due_on %}b{% else %}c{% endif %}",
        "{% for item in items if item.open %}{{ loop.index }} {{ item.document }}{% else %}none{% endfor %}",
    ],
)
def test_variables_conditions_and_a_loop_over_items_are_possible(text: str):
    TEMPLATES.require_sound(template(text))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("line 1\n{{ dept }}", "line 2: no variable 'dept'"),
        ("{% for letter in customer_name %}{% endfor %}", "a loop goes over items"),
        ("{% for item in items recursive %}{% endfor %}", "a loop goes over items"),
        ("{% for debt in items %}{% endfor %}", "'debt' is taken"),
        ("{% for item in items %}{{ item }}{% endfor %}", "'item' has fields"),
        ("{% for item in items %}{{ item.__class__ }}{% endfor %}", "no field '__class__'"),
        ("{{ item.document }}", "no field 'document'"),
        ("{{ debt | safe }}", "no filter 'safe'"),
        ("{{ debt * 1000000000 }}", "mul is not possible"),
        ("{{ debt[0] }}", "getitem is not possible"),
        ("{% set x = debt %}", "assign is not possible"),
        ("{% macro m() %}{% endmacro %}", "macro is not possible"),
        ("{{ [1, 2] }}", "list is not possible"),
        ("{{ debt", "unexpected end"),
        ("{{ " + "(" * 5_000 + "debt" + ")" * 5_000 + " }}", "brackets"),
    ],
)
def test_anything_else_is_refused_when_it_is_saved(text: str, fault: str):
    with pytest.raises(InvalidValue, match=fault):
        TEMPLATES.require_sound(template(text))


def test_money_and_dates_are_written_as_the_language_has_them():
    item = MessageItem(document="1", open=Money(Decimal("1234.5"), "CZK"), due_on=date(2026, 3, 1))
    text = "{{ debt }} {{ due_on }}{% for item in items %} {{ item.open }} {{ item.due_on }}{% endfor %} {{ iban }}"

    rendered = TEMPLATES.render(template(text), Facts({"debt": "20.00 EUR", "due_on": "2026-03-14"}, [item]))

    assert rendered.text == "20,00\u00a0EUR 14. 3. 2026 1\u00a0234,50\u00a0CZK 1. 3. 2026"


@given(st.text(alphabet="<>&\"'ab{}%/ ", max_size=20))
def test_a_name_is_read_as_it_stands_whatever_is_in_it(name: str):
    """Also what looks like a template or HTML."""
    facts = Facts({"customer_name": name})
    own = TEMPLATES.render(template("{{ customer_name }}", html='<p title="{{ customer_name }}">'), facts)
    made = TEMPLATES.render(template("-{{ customer_name }}-"), facts)

    assert own.text == name.strip() and made.text == f"-{name}-"
    inner = own.html.removeprefix('<p title="').removesuffix('">')
    assert not set(inner) & set("<>\"'")
    body = made.html.partition("<p>")[2].partition("</p>")[0]
    assert not set(body) & set("<>\"'")


def test_the_html_that_is_made_of_a_text_has_paragraphs_and_links():
    text = "See https://my.isp.test/my?a=1&b=2.\n\nBye\n{{ seller_name }}"
    html = TEMPLATES.render(template(text), Facts({"seller_name": "N & Co"})).html
    assert '<p>See <a href="https://my.isp.test/my?a=1&amp;b=2">https://my.isp.test/my?a=1&amp;b=2</a>.</p>' in html
    assert "<p>Bye<br>\nN &amp; Co</p>" in html


def test_every_kind_has_a_sound_ready_made_template_for_every_channel():
    assert len(ready_templates()) == len(LANGUAGES) * len(MESSAGE_KINDS) * len(CHANNELS)
    for language, kind, channel in product(LANGUAGES, MESSAGE_KINDS, CHANNELS):
        found = ready_template(kind, language, channel)
        assert found is not None
        require_template(found)
        TEMPLATES.require_sound(found)
        rendered = TEMPLATES.render(found, example_facts(kind, {"outcome": "kept"} if kind == "promise" else {}))
        assert rendered.text and bool(rendered.subject) == (channel in ON_PAGES)
        assert "  " not in rendered.text and ".." not in rendered.text
    assert all(unsubscribe_words(language).keys() == {"question", "button", "done"} for language in LANGUAGES)


# --- the mail of it


def outgoing(**fields: object) -> OutgoingMessage:
    known = {
        "message": str(uuid4()), "customer": "C1", "seller": "north", "kind": "invoice", "channel": "email",
        "recipient": "anna@x.test", "subject": "Výzva", "text": "Dobrý den", "html": "<p>Dobrý den</p>",
        "language": "cs", "queued_at": AT,
    }  # fmt: skip
    return OutgoingMessage(**{**known, **fields})  # type: ignore[arg-type]


def read(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_a_mail_holds_text_html_and_files_in_lines_that_every_server_takes():
    pdf = MailAttachment("faktura č. 1.pdf", "application/pdf", b"%PDF" + bytes(2_000))
    raw = mail_of(outgoing(text="ř" * 3_000, subject=("Příliš žluťoučký " * 8).strip()), SENDER, [pdf])

    assert raw.isascii() and b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    mail = read(raw)
    assert mail["Subject"] == ("Příliš žluťoučký " * 8).strip() and mail["From"] == "North Cäble <news@isp.test>"
    assert mail["Reply-To"] == "info@north.test" and mail["Content-Language"] == "cs"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and plain.get_content().strip() == "ř" * 3_000
    assert html is not None and html.get_content() == "<p>Dobrý den</p>"
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("faktura č. 1.pdf", pdf.content)


def test_a_mail_has_the_same_bytes_at_every_try():
    message = outgoing()
    assert mail_of(message, SENDER) == mail_of(message, SENDER)


@pytest.mark.parametrize("recipient", ["", "anna", "@x.test", "a@x.test\r\nBcc: b@x.test", "a b@x.test", "a,b@x.test"])
def test_an_address_that_is_none_makes_no_mail(recipient: str):
    with pytest.raises(ValueError, match="no address"):
        mail_of(outgoing(recipient=recipient), SENDER)


@given(st.text(max_size=60))
def test_a_subject_makes_no_header_of_its_own(subject: str):
    one_line = " ".join(subject.split())
    mail = read(mail_of(outgoing(subject=one_line), SENDER))
    assert set(mail.keys()) == set(read(mail_of(outgoing(subject="x"), SENDER)).keys())

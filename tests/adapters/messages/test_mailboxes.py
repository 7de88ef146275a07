"""Mailboxes on a real IMAP server: what is fetched, where it goes, and what happens if two fetch at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import trustme

from adapters.messages import mailboxes
from adapters.messages.mailboxes import MailboxUnavailable, open_mailbox
from tests.counterparts.dovecot import MailServer, dovecot


@pytest.fixture(scope="module")
def server(authority: trustme.CA) -> Iterator[MailServer]:
    with dovecot(authority) as server:
        yield server


def mail(subject: str, body: bytes = b"hi") -> bytes:
    return b"From: anna@x.test\r\nSubject: %b\r\n\r\n%b\r\n" % (subject.encode(), body)


def test_unread_mails_come_in_order_and_go_to_their_folders(server: MailServer):
    for subject in ("one", "two", "three"):
        server.deliver("order", mail(subject))

    with open_mailbox(server.login("order")) as box:
        fetched = list(box.unread())
        assert [each.raw for each in fetched] == [mail("one"), mail("two"), mail("three")]
        box.move(fetched[0], "Done")
        box.move(fetched[1], "Refused")

    assert server.subjects("order", "Done") == ["one"]
    assert server.subjects("order", "Refused") == ["two"]
    assert server.subjects("order") == ["three"]
    with open_mailbox(server.login("order")) as box:
        assert [each.raw for each in box.unread()] == [mail("three")]  # Fetching did not mark it as read.


def test_what_a_person_has_read_stays_until_it_is_marked_unread(server: MailServer):
    server.deliver("read", mail("one"))
    server.mark("read", is_read=True)
    with open_mailbox(server.login("read")) as box:
        assert list(box.unread()) == []

    server.mark("read", is_read=False)

    with open_mailbox(server.login("read")) as box:
        assert [each.raw for each in box.unread()] == [mail("one")]


def test_two_who_fetch_at_once_both_see_a_mail_and_one_moves_it(server: MailServer):
    server.deliver("two", mail("one"))
    server.deliver("two", mail("two"))

    with open_mailbox(server.login("two")) as first, open_mailbox(server.login("two")) as second:
        ours, theirs = list(first.unread()), second.unread()
        assert next(theirs).raw == ours[0].raw
        first.move(ours[0], "Done")
        first.move(ours[1], "Done")
        second.move(ours[0], "Done")
        list(theirs)  # The second mail may have gone before it is fetched.

    assert server.subjects("two", "Done") == ["one", "two"]
    assert server.subjects("two") == []


def test_a_mail_that_is_too_large_is_not_fetched(server: MailServer, monkeypatch: pytest.MonkeyPatch):
    server.deliver("large", mail("large", b"x" * 2_000))
    server.deliver("large", mail("small"))
    monkeypatch.setattr(mailboxes, "MOST_BYTES", 1_000)

    with open_mailbox(server.login("large")) as box:
        assert [each.raw for each in box.unread()] == [None, mail("small")]


def test_a_wrong_password_a_wrong_port_and_a_certificate_of_nobody_are_told_without_the_password(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
):
    wrong = server.login("anna", "a-secret")
    for login in (wrong, wrong._replace(port=1), wrong._replace(folder="none")):
        with pytest.raises(MailboxUnavailable) as failed, open_mailbox(login):
            pass
        assert "a-secret" not in str(failed.value)
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(MailboxUnavailable, match="CERTIFICATE_VERIFY_FAILED"), open_mailbox(server.login("anna")):
        pass

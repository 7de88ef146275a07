"""Reading mailboxes by hand."""

from __future__ import annotations

import json

from tests.adapters.cli.conftest import Billing

MAILBOX = {"host": "127.0.0.1", "port": 1, "user": "help@isp.test", "password": "s3cret", "kind": "request"}
SETTINGS = {"BILLING_MAIL_FROM": "help@isp.test", "BILLING_MAILBOXES": json.dumps([MAILBOX])}


def test_without_a_mailbox_there_is_nothing_to_read(billing: Billing):
    ended = billing("work", "poll-mail")

    assert ended.code == 0 and "No mailbox is set" in ended.output


def test_a_mailbox_that_is_unavailable_is_named_and_keeps_nothing_else_back(billing: Billing):
    ended = billing("work", "poll-mail", "--json", **SETTINGS)
    once = billing("worker", "--once", **SETTINGS)

    assert ended.code == once.code == 1
    (fault,) = ended.json["faults"]
    assert fault.startswith("mailbox help@isp.test at 127.0.0.1: 127.0.0.1 is unavailable: ")
    assert fault in once.errors and "Reacted to" in once.output
    assert "s3cret" not in ended.output + ended.errors + once.errors

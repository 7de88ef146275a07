"""What a mail is, by its headers: each line is a mail as servers, robots and people write it."""

from __future__ import annotations

from typing import Any

import pytest

from billing_core.work.mail_kinds import DeliveryReport, MailHeaders, kind_of
from billing_core.work.mail_tickets import message_id

KEY = b"the key of this house"
OWN = {"help@isp.test"}
FAILED = DeliveryReport(action="failed", status="5.1.1")
DELAYED = DeliveryReport(action="delayed", status="4.4.1")


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, "person"),
        ({"auto_submitted": "no"}, "person"),
        ({"auto_submitted": "No (written by hand)"}, "person"),
        ({"precedence": "first-class"}, "person"),
        ({"suppressed": "DR, RN, NRN"}, "person"),
        ({"return_path": "anna@x.test"}, "person"),
        ({"message_id": "<17@isp.test>"}, "person"),  # A colleague: the same domain, but no token.
        ({"auto_submitted": "auto-replied"}, "robot"),
        ({"auto_submitted": "auto-generated; type=report"}, "robot"),
        ({"auto_submitted": "Auto-Replied (vacation)", "return_path": ""}, "robot"),
        ({"precedence": "Bulk"}, "robot"),
        ({"precedence": "auto_reply"}, "robot"),
        ({"suppressed": "All"}, "robot"),
        ({"suppressed": "DR, OOF, AutoReply"}, "robot"),
        ({"is_from_list": True}, "robot"),
        ({"report": DELAYED}, "robot"),
        ({"report": FAILED}, "bounce"),
        ({"report": FAILED, "auto_submitted": "auto-replied"}, "bounce"),
        ({"return_path": ""}, "bounce"),
        ({"sender": "MAILER-DAEMON@x.test"}, "bounce"),
        ({"sender": "Help@ISP.test"}, "own"),
        ({"sender": "help+t-1.abc@isp.test", "auto_submitted": "auto-replied"}, "own"),
        ({"message_id": message_id(KEY, "T-1251", 7, "isp.test")}, "own"),
    ],
)  # fmt: skip
def test_what_a_mail_is(headers: dict[str, Any], kind: str):
    assert kind_of(MailHeaders(**({"sender": "anna@x.test"} | headers)), KEY, OWN) == kind

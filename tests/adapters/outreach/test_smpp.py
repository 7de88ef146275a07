"""SMS by SMPP, against centres of two makes: sent whole, tried again if too fast, reported, and answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr

from adapters.outreach.smpp import RECEIVES, SENDS, BindType, IncomingSms, Pace, Receipt, SmppSession, SmppUnavailable
from adapters.outreach.sms_http import OutgoingSms
from adapters.outreach.sms_settings import SmppSettings
from billing_core.outreach.sms import decoded_gsm, sms_of
from commands.outreach.channels import Outcome, Refused, Taken, Unsent
from tests.counterparts.smpp import PASSWORD, USER, npm_centre, smpp34_centre

FAST = Pace(connect_seconds=1.0, pause_seconds=0.01)


def settings_of(port: int, password: str = PASSWORD) -> SmppSettings:
    return SmppSettings(host="127.0.0.1", port=port, user=USER, password=SecretStr(password), sender="ISP")


@contextmanager
def session(port: int, bind_type: BindType) -> Iterator[SmppSession]:
    found = SmppSession(settings_of(port), bind_type, FAST)
    try:
        yield found
    finally:
        found.close()


def message(number: str, text: str = "Dluzite 20 €") -> OutgoingSms:
    return OutgoingSms(f"m-{number}", number, sms_of(text))


def send(port: int, *messages: OutgoingSms) -> list[Outcome]:
    with session(port, SENDS) as sender:
        return sender.send(messages)


def test_messages_are_sent_in_their_alphabet_and_their_receipts_come_in():
    with smpp34_centre() as centre, session(centre.port, RECEIVES) as receiver:
        found = send(centre.port, message("+420777000001"))
        found += send(centre.port, message("+420777000099", "дълг"))
        assert found == [Taken(reference="M1"), Taken(reference="M2")]
        assert receiver.receive(5) == Receipt("M1", is_delivered=True, reason="DELIVRD")
        assert receiver.receive(5) == Receipt("M2", is_delivered=False, reason="UNDELIV 027")
        first, second = centre.arrived
        assert (first.to, decoded_gsm(first.content), first.data_coding) == ("420777000001", "Dluzite 20 €", 0)
        assert (second.content.decode("utf-16-be"), second.data_coding) == ("дълг", 8)


def test_a_long_message_is_put_together_by_its_headers_and_asks_for_one_receipt():
    text = "x" * 152 + "€" + "y" * 160
    with smpp34_centre() as centre:
        assert send(centre.port, message("+420777000001", text)) == [Taken(reference="M3", parts=3)]
        headers = [each.content[:6] for each in centre.arrived]
        assert [(each[:3], each[4], each[5]) for each in headers] == [
            (b"\x05\x00\x03", 3, 1), (b"\x05\x00\x03", 3, 2), (b"\x05\x00\x03", 3, 3),
        ]  # fmt: skip
        assert len({each[3] for each in headers}) == 1
        assert "".join(decoded_gsm(each.content[6:]) for each in centre.arrived) == text
        assert all(len(each.content) <= 6 + 153 and each.esm_class == 0x40 for each in centre.arrived)
        assert [each.asks_receipt for each in centre.arrived] == [False, False, True]


def test_a_centre_that_is_asked_too_fast_is_asked_again():
    with smpp34_centre() as centre:
        assert send(centre.port, message("+420777000088")) == [Taken(reference="M1")]
        assert centre.refused == 2
        (found,) = send(centre.port, message("+420777000066"))  # Its queue stays full.
        assert isinstance(found, Unsent)


def test_a_refused_number_stops_no_other_message():
    with smpp34_centre() as centre:
        refused, taken = send(centre.port, message("+420777000077"), message("+420777000001"))
        assert isinstance(refused, Refused)
        assert taken == Taken(reference="M1")


def test_what_a_person_writes_back_comes_in():
    with smpp34_centre({"420777000001": "Děkuji, zaplatím"}) as centre, session(centre.port, RECEIVES) as receiver:
        send(centre.port, message("+420777000001"))
        assert isinstance(receiver.receive(5), Receipt)
        assert receiver.receive(5) == IncomingSms("+420777000001", "Děkuji, zaplatím")
        assert receiver.receive(0.01) is None


def test_a_centre_that_ends_makes_the_session_unavailable():
    with npm_centre() as centre:
        sender = SmppSession(settings_of(centre.port), SENDS, FAST)
        receiver = SmppSession(settings_of(centre.port), RECEIVES, FAST)
    (found,) = sender.send([message("+420777000001")])
    assert isinstance(found, Unsent)
    with pytest.raises(SmppUnavailable):
        receiver.receive(5)
    sender.close()
    receiver.close()
    with pytest.raises(SmppUnavailable):
        SmppSession(settings_of(centre.port), SENDS, FAST)


def test_another_make_of_centre_takes_messages_and_reports():
    text = "Щастлив път! " * 8
    with npm_centre() as centre, session(centre.port, RECEIVES) as receiver:
        found = send(centre.port, message("+420777000001", "Cau {20 €}"))
        found += send(centre.port, message("+420777000099", text))
        assert found == [Taken(reference="N1"), Taken(reference="N3", parts=2)]
        first, *long = centre.arrived
        assert first["text"] == "Cau {20 €}"
        assert "".join(str(each["text"]) for each in long) == text
        assert [str(each["header"])[-4:] for each in long] == ["0201", "0202"]
        assert receiver.receive(5) == Receipt("N1", is_delivered=True, reason="DELIVRD")
        assert receiver.receive(5) == Receipt("N3", is_delivered=False, reason="UNDELIV")
        (refused,) = send(centre.port, message("+420777000077"))
        assert isinstance(refused, Refused)


def test_another_make_of_centre_lets_nobody_in_with_a_wrong_password():
    with npm_centre() as centre, pytest.raises(SmppUnavailable):
        SmppSession(settings_of(centre.port, "wrong"), SENDS, FAST)

"""An SMS over a real connection to a gateway, whose request and answer are described by settings."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from adapters.outreach.sms_http import OutgoingSms, send_by_http
from adapters.outreach.sms_settings import SmsGatewaySettings
from billing_core.outreach.sms import sms_of
from commands.outreach.channels import Refused, Taken, Unsent

MESSAGE = OutgoingSms("m-1", "+420602123456", sms_of("Dlužíte {to} & 20 €"))


class Gateway:
    """What arrived, and what is answered."""

    def __init__(self) -> None:
        self.received: list[tuple[str, dict[str, str], str]] = []
        self.answer = (200, '{"id": "G-17"}')
        self.address = ""


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    found = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            found.received.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            status, text = found.answer
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield found
        server.shutdown()
        thread.join()


def settings_of(gateway: Gateway, **others: Any) -> SmsGatewaySettings:
    given: dict[str, Any] = {
        "url": f"{gateway.address}/send",
        "body": {"messages": [{"to": "{to}", "text": "{text}", "ref": "{reference}"}], "from": "{sender}"},
        "headers": {"Authorization": "Bearer {secret:key}"},
        "secrets": {"key": "s3cret"},
        "sender": "ISP",
        "message_id": r'"id": *"([^"]+)"',
        "to_private_address": True,
    }
    return SmsGatewaySettings(**(given | others))


def test_a_message_as_json_has_its_words_and_gets_its_id(gateway: Gateway):
    assert send_by_http(MESSAGE, settings_of(gateway)) == Taken(reference="G-17", parts=1)
    path, headers, body = gateway.received[0]
    assert (path, headers["authorization"]) == ("/send", "Bearer s3cret")
    # What stands in braces in the text is sent as it is.
    assert json.loads(body) == {
        "messages": [{"to": "+420602123456", "text": "Dlužíte {to} & 20 €", "ref": "m-1"}], "from": "ISP",
    }  # fmt: skip


def test_a_message_in_the_address_is_quoted(gateway: Gateway):
    url = f"{gateway.address}/cgi-bin/sendsms?user=isp&pass={{secret:key}}&to={{digits}}&text={{text}}"
    gateway.answer = (202, "0: Accepted for delivery")
    kannel = settings_of(
        gateway, url=url, method="GET", body={}, accepted="^0: Accepted", message_id="", secrets={"key": "a&b"}
    )
    assert send_by_http(MESSAGE, kannel) == Taken()
    found = parse_qs(urlsplit(gateway.received[0][0]).query)
    assert found == {"user": ["isp"], "pass": ["a&b"], "to": ["420602123456"], "text": ["Dlužíte {to} & 20 €"]}


def test_a_message_as_a_form(gateway: Gateway):
    send_by_http(MESSAGE, settings_of(gateway, encoding="form", body={"to": "{digits}", "text": "{text}"}))
    assert parse_qs(gateway.received[0][2]) == {"to": ["420602123456"], "text": ["Dlužíte {to} & 20 €"]}


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        ((500, "down"), Unsent),
        ((401, "wrong key"), Unsent),
        ((302, ""), Unsent),
        ((200, "busy"), Unsent),
        ((200, "code 21: no such number +420602123456"), Refused),
        ((400, "code 21: no such number"), Refused),
    ],
)
def test_an_answer_decides_whether_it_is_tried_again(
    gateway: Gateway, answer: tuple[int, str], refusal: type[Unsent] | type[Refused]
):
    gateway.answer = answer
    found = send_by_http(MESSAGE, settings_of(gateway, accepted="accepted", refused="^code 21:"))
    assert isinstance(found, refusal)
    assert "420602123456" not in found.reason


def test_a_private_address_is_refused_unless_the_settings_allow_it(gateway: Gateway):
    found = send_by_http(MESSAGE, settings_of(gateway, to_private_address=False))
    assert isinstance(found, Unsent)
    assert "no encryption" in found.reason
    url = gateway.address.replace("http:", "https:")
    found = send_by_http(MESSAGE, settings_of(gateway, url=url, to_private_address=False))
    assert isinstance(found, Unsent)
    assert "private network" in found.reason
    assert gateway.received == []


@pytest.mark.parametrize(
    "wrong",
    [{"url": "https://x.test/{number}"}, {"accepted": "("}, {"message_id": "id"}, {"headers": {"a": "{secret:no}"}}],
)
def test_settings_that_would_send_wrong_messages_are_refused(gateway: Gateway, wrong: dict[str, Any]):
    with pytest.raises(ValidationError):
        settings_of(gateway, **wrong)

"""Send an SMS through a gateway over HTTP, whose request and answer are described by settings.

What the gateway refuses for good, as `refused` finds it, will never arrive. Every other answer that is not `accepted`
may be a fault of the settings or of the gateway: it is tried again. Answers may repeat numbers and texts, so errors
name the status alone.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from adapters.outgoing.guarded_requests import NotAnswered, Request, Rules, ask
from adapters.outreach.sms_settings import PLACEHOLDER, SECRET, SmsGatewaySettings
from billing_core.outreach.sms import Sms
from commands.outreach.channels import Outcome, Refused, Taken, Unsent

MOST_ANSWER_BYTES = 20_000
MOST_ID = 100


class OutgoingSms(NamedTuple):
    """An SMS to a number in the form +420602123456; `reference` is the id of the message here."""

    reference: str
    to: str
    sms: Sms

    @property
    def text(self) -> str:
        return "".join(self.sms.segments)


def send_by_http(message: OutgoingSms, gateway: SmsGatewaySettings) -> Outcome:
    """Send a message; the reference of one that was taken is the gateway's id, "" if it gave none."""
    rules = Rules(allows_private=gateway.to_private_address)
    try:
        answer = ask(request_for(message, gateway), rules, MOST_ANSWER_BYTES)
    except NotAnswered as error:
        return Unsent(f"the gateway of SMS: {error}")
    text = answer.body.decode(errors="replace")
    if gateway.refused and re.search(gateway.refused, text):
        return Refused(f"the gateway of SMS refuses the message for good ({answer.status})")
    if not 200 <= answer.status < 300 or not re.search(gateway.accepted, text):
        return Unsent(f"the gateway of SMS answered {answer.status}, not that it took the message")
    found = re.search(gateway.message_id, text) if gateway.message_id else None
    return Taken(reference=found[1][:MOST_ID] if found else "", parts=len(message.sms.segments))


def request_for(message: OutgoingSms, gateway: SmsGatewaySettings) -> Request:
    """The request by which a message is sent."""
    words = {
        "to": message.to,
        "digits": message.to.removeprefix("+"),
        "text": message.text,
        "sender": gateway.sender,
        "reference": message.reference,
        **{f"{SECRET}{name}": secret.get_secret_value() for name, secret in gateway.secrets.items()},
    }
    quoted = {name: quote(value, safe="") for name, value in words.items()}
    headers = {"user-agent": "billing-engine"} | {name: _filled(text, words) for name, text in gateway.headers.items()}
    body = b""
    if gateway.body:
        content = _filled(gateway.body, words)
        is_json = gateway.encoding == "json"
        body = json.dumps(content, ensure_ascii=False).encode() if is_json else urlencode(content).encode()
        headers["content-type"] = "application/json" if is_json else "application/x-www-form-urlencoded"
    return Request(gateway.method, _filled(gateway.url, quoted), headers, body)


def _filled(value: Any, words: dict[str, str]) -> Any:
    """A value with every word in it replaced, once: what a text of a customer says is replaced no more."""
    if isinstance(value, str):
        return PLACEHOLDER.sub(lambda found: words[found[1]], value)
    if isinstance(value, dict):
        return {name: _filled(each, words) for name, each in value.items()}
    return [_filled(each, words) for each in value] if isinstance(value, list) else value

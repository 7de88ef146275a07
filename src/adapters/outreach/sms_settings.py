"""The settings of SMS: a gateway over HTTP, or a centre of messages by SMPP, and what they report.

[sms_gateway]                                        Kannel's dialect
url = "https://sms.isp.test/cgi-bin/sendsms?username=isp&password={secret:password}&to={digits}&text={text}"
method = "GET"
accepted = "^0: Accepted"
secrets = { password = "..." }

[sms_gateway]                                        a gateway that takes JSON
url = "https://api.gateway.test/v1/messages"
body = { to = "{to}", from = "{sender}", text = "{text}", reference = "{reference}" }
headers = { Authorization = "Bearer {secret:key}" }
message_id = '"id": *"([^"]+)"'
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, SecretStr, model_validator

PLACEHOLDER = re.compile(r"\{([a-z_]+(?::[a-z_]+)?)\}")
WORDS = frozenset({"to", "digits", "text", "sender", "reference"})
SECRET = "secret:"


def _pattern(written: str) -> str:
    try:
        re.compile(written)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from None
    return written


Pattern = Annotated[str, AfterValidator(_pattern)]


class SmsGatewaySettings(BaseModel, extra="forbid", frozen=True):
    """A gateway that takes SMS over HTTP.

    `url`, `body` and `headers` hold the words {to} +420602123456, {digits} the same without +, {text}, {sender},
    {reference} the id of the message here, and {secret:NAME} of `secrets`. An answer of 200 to 299 that `accepted`
    finds means that it was taken, one that `refused` finds that it will never be; `message_id` finds its id there.
    """

    url: str
    method: Literal["GET", "POST", "PUT"] = "POST"
    encoding: Literal["json", "form"] = "json"
    body: dict[str, Any] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    secrets: dict[str, SecretStr] = Field(default_factory=dict)
    sender: str = ""
    accepted: Pattern = ""
    refused: Pattern = ""
    message_id: Pattern = ""
    to_private_address: bool = False

    @model_validator(mode="after")
    def _has_known_words(self) -> Self:
        """A word that nothing replaces would be sent as it is."""
        known = WORDS | {f"{SECRET}{name}" for name in self.secrets}
        for written in [self.url, *texts_in(self.body), *self.headers.values()]:
            for word in PLACEHOLDER.findall(written):
                if word not in known:
                    raise ValueError(f"{{{word}}} is unknown; known are {', '.join(sorted(known))}")
        if self.message_id and re.compile(self.message_id).groups != 1:
            raise ValueError("message_id must have one group, which is the id")
        return self


def texts_in(value: Any) -> Iterator[str]:
    """Every text within a body."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts_in(each)


class SmsReportSettings(BaseModel, extra="forbid", frozen=True):
    """What a gateway reports to `/sms/reports/TOKEN`, as query, form or JSON: the names of its fields.

    A report has the id that the gateway gave, or {reference}; its status is delivered or failed by two patterns, and
    any other is passed over. An incoming SMS has a sender and a text.
    """

    token: SecretStr
    id_field: str = "id"
    reference_field: str = "reference"
    status_field: str = "status"
    error_field: str = "error"
    sender_field: str = "from"
    text_field: str = "text"
    delivered: Pattern = r"(?i)^(delivrd|delivered|1)$"
    failed: Pattern = r"(?i)^(undeliv|undelivered|failed|expired|rejected|rejectd|deleted|2|16)$"

    @model_validator(mode="after")
    def _has_a_long_token(self) -> Self:
        """Who guesses it could say that messages arrived."""
        if len(self.token.get_secret_value()) < 16:
            raise ValueError("token must have 16 characters or more")
        return self


class SmppSettings(BaseModel, extra="forbid", frozen=True):
    """A centre of messages that takes SMS by SMPP 3.4."""

    host: str
    user: str
    password: SecretStr
    port: int = Field(default=2775, ge=1, le=65_535)
    security: Literal["tls", "none"] = "none"
    system_type: str = ""
    sender: str = ""

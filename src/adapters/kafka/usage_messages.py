"""Usage as messages: a message is one record in JSON, with the fields of `USAGE_ROWS` but `line`.

    {"key": "c-1", "kind": "call", "subscriber": "37120000001", "component": "calls",
     "started_at": "2026-03-01T10:00:00+02:00", "seconds": 61, "number": "37129999999"}

Counts that are left out are 0, texts are empty. `quantity` is a number of items or units with up to six decimals. A
field that is not known is refused: it may be one of these, misspelt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
import pyarrow as pa

from adapters.files.usage_rows import USAGE_ROWS, RefusedRow, UsageChunk

DECIMALS = 6
MILLIONTHS = 10**DECIMALS
MOST = 2**63 - 1  # What a column holds; what is too much for a record, mediation says.
PLACE = re.compile(r"(?P<reason>.*?)(?: - at `\$\.?(?P<field>[^`]*)`)?", re.DOTALL)
UNKNOWN = re.compile(r"Object contains unknown field `(?P<field>[^`]*)`")

Count = Annotated[int, msgspec.Meta(ge=-MOST, le=MOST)]


class UsageMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A record of usage, as a message."""

    key: str
    kind: Literal["call", "data", "item"]
    subscriber: str
    component: str
    started_at: Annotated[datetime, msgspec.Meta(tz=True)]
    seconds: Count = 0
    quantity: Decimal = Decimal(0)
    bytes_in: Count = 0
    bytes_out: Count = 0
    number: str = ""
    network: str = ""
    session: str = ""
    direction: Literal["", "out", "in"] = ""


DECODER = msgspec.json.Decoder(UsageMessage)


class _Refused(Exception):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


def read_messages(values: Sequence[bytes]) -> UsageChunk:
    """The records of some messages; those that cannot be read are refused. Lines count the messages from 1."""
    lines: list[int] = []
    messages: list[UsageMessage] = []
    quantities: list[int] = []
    refused: list[RefusedRow] = []
    for line, value in enumerate(values, 1):
        try:
            message = _read(value)
            quantities.append(_millionths(message.quantity))
        except _Refused as error:
            refused.append(_refused_row(line, value, error))
            continue
        lines.append(line)
        messages.append(message)
    columns: dict[str, Any] = {name: [getattr(message, name) for message in messages] for name in USAGE_ROWS.names[1:]}
    columns |= {"line": lines, "quantity": quantities}
    return UsageChunk(pa.Table.from_pydict(columns, USAGE_ROWS), refused)


def _read(value: bytes) -> UsageMessage:
    try:
        return DECODER.decode(value)
    except msgspec.ValidationError as error:
        if (unknown := UNKNOWN.match(str(error))) is not None:
            raise _Refused(unknown["field"], "is no field of a record") from None
        found = PLACE.fullmatch(str(error))
        assert found is not None
        raise _Refused(found["field"] or "", found["reason"]) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _Refused("", f"is no JSON: {error}") from None


def _millionths(quantity: Decimal) -> int:
    """1.5 is 1,500,000 millionths."""
    if not quantity:
        return 0
    if not quantity.is_finite() or abs(quantity) > MOST // MILLIONTHS:
        raise _Refused("quantity", f"must be at most {MOST // MILLIONTHS}")
    exponent = quantity.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -DECIMALS:
        raise _Refused("quantity", "has more than six decimals")
    return int(quantity.scaleb(DECIMALS))


def _refused_row(line: int, value: bytes, error: _Refused) -> RefusedRow:
    fields = _fields(value)
    raw = value.decode("utf-8", "backslashreplace")
    return RefusedRow(line, _text(fields.get("key")), error.field, _text(fields.get(error.field)), str(error), raw)


def _fields(value: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _text(value: object) -> str:
    return "" if value is None else str(value)

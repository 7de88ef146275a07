"""The body of a request: at most a megabyte of JSON with the fields of a command, every number as it is written."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any, NoReturn

from fastapi import Request

from adapters.http.problems import Problem

MOST_BYTES = 1_000_000


async def fields_of(request: Request) -> dict[str, Any]:
    """The fields in the body; none if it is empty."""
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > MOST_BYTES:
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", f"the body is over {MOST_BYTES:,} bytes")
    return parsed(bytes(content)) if content else {}


def parsed(content: bytes) -> dict[str, Any]:
    """The fields that the text of a body has."""
    try:
        values = json.loads(
            content, parse_int=str, parse_float=str, parse_constant=_refuse, object_pairs_hook=_once_each
        )
    except RecursionError:
        raise _bad("is nested too deeply") from None
    except ValueError as error:
        raise _bad(f"is not JSON: {error}") from None
    if not isinstance(values, dict):
        raise _bad('must be an object with fields, as in {"code": "internet"}')
    return values


def _bad(reason: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, "malformed-body", f"the body {reason}")


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, _ in pairs if [each for each, _ in pairs].count(name) > 1)
        raise ValueError(f"{twice!r} stands twice")
    return found

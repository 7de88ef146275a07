"""The descriptions of the API and of the events, made once: they are of classes alone, and take long to make."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from adapters.http.asyncapi import asyncapi_document
from adapters.http.openapi import document


@cache
def described_api() -> dict[str, Any]:
    """The description of the API, to be read and not changed."""
    return document("1")


@cache
def described_events() -> dict[str, Any]:
    """The description of the events, to be read and not changed."""
    return asyncapi_document("1")


def references(value: Any) -> Iterator[str]:
    """Every place that a part of a description refers to, as `#/components/schemas/Money`."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def whole(schema: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    """A schema with the components that it needs, and they in turn: to make a validator with all of them takes long."""
    needed: dict[str, dict[str, Any]] = {}
    waiting = list(references(schema))
    while waiting:
        kind, name, *_ = waiting.pop().removeprefix("#/components/").split("/")
        if name not in needed.setdefault(kind, {}):
            needed[kind][name] = described["components"][kind][name]
            waiting += references(needed[kind][name])
    return schema | {"components": needed}

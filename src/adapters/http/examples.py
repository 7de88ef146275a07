"""Examples for the description of the API: of each body with the fields that it needs, and of each word in a path.

They are made of the schemas, so that none can differ from what is taken; a word has the same value everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
# By the word, if its value says more than one that is made of its type.
WORDS: Mapping[str, Any] = {
    "account": "1001", "customer": "1001", "number": "1001", "seller": "north", "dealer": "east", "operator": "anna",
    "role": "desk", "name": "Anna Kalniņa", "amount": "24.00", "price": "24.00", "currency": "EUR",
    "tariff": "internet", "product": "internet", "component": "fee", "subscription": "main", "reference": "3-17",
    "source": "desk",
    "reason": "asked for by phone", "invoice": "1000000017", "document": "1000000017", "payment": "desk:3-17",
    "country": "LV", "language": "en", "email": "anna@example.com", "phone": "+371 20000000", "vat": "20",
    "time_zone": "Europe/Riga", "url": "https://shop.example/events", "iban": "LV80BANK0000435195001",
    "components": [{"code": "fee", "kind": "recurring", "name": "Monthly fee", "vat": "20", "price": "24.00"}],
    "when": {"by": "days", "days": 7},
    "permissions": ["payments.change.receive-payment"], "networks": ["10.1.0.0/16"], "prefix": "1YY", "width": 7,
    "password": "a long one", "from": "2026-03-01", "until": "2026-04-01", "before": "2026-05", "year": 2026,
    "profile": "telco-customers",
}  # fmt: skip
# Bodies that need one of several words, none of which every such body needs.
BODIES: Mapping[str, Any] = {"build-as-of": {"name": "new-year", "effective": "2026-12-31"}}
OF_FORMATS: Mapping[str, Any] = {
    "date": "2026-03-01", "date-time": "2026-03-01T09:30:00+02:00", "time": "09:30:00",
    "uuid": "01a22875-0acb-7a6b-a102-71c4c8bb7ca4",
}  # fmt: skip
DONE = {
    "command_id": OF_FORMATS["uuid"], "position": 4711, "is_repeated": False, "is_waiting": False,
    "result": {"payment": "desk:3-17", "known": False}, "effect": None,
}  # fmt: skip
PROBLEM = {
    "type": "about:blank", "title": "Not Found", "status": 404, "code": "not-found",
    "detail": "account '77': no such account", "field": "account", "value": "77",
}  # fmt: skip


def example_of(schema: Schema, schemas: Mapping[str, Schema], word: str = "") -> Any:
    """A value that the schema takes; of an object the words that it needs. `schemas` are those that it may refer to."""
    known = WORDS.get(word)
    if isinstance(known, list | dict):
        return json.dumps(known) if schema.get("type") == "string" else known
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, word)
    for choices in ("anyOf", "oneOf", "allOf"):
        if choices in schema:
            chosen = next(each for each in schema[choices] if each.get("type") != "null")
            return example_of(chosen, schemas, word)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    return _of_type(schema, schemas, word)


def _of_type(schema: Schema, schemas: Mapping[str, Schema], word: str) -> Any:
    if schema.get("type") == "object":
        found = {each: example_of(schema["properties"][each], schemas, each) for each in schema.get("required", ())}
        others = schema.get("additionalProperties")
        if not found and isinstance(others, Mapping):
            return {_name_in(schema, word): example_of(others, schemas, word)}
        return found
    if schema.get("type") == "array":
        items = schema.get("items") or schema.get("prefixItems", [{}])[0]
        return [example_of(items, schemas, word.removesuffix("s"))]
    return _plain(schema, word)


def _plain(schema: Schema, word: str) -> Any:
    known = WORDS.get(word)
    if schema.get("type") in ("integer", "number"):
        return known if isinstance(known, int) else max(1, schema.get("minimum", 1))
    if schema.get("type") == "boolean":
        return True
    return OF_FORMATS.get(schema.get("format", "")) or known or word.replace("_", " ") or "text"


def _name_in(schema: Schema, word: str) -> str:
    """The name of a member of an object whose names are free."""
    names = schema.get("propertyNames", {}).get("enum")
    return names[0] if names else word.removesuffix("s") or "name"

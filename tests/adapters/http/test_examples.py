"""Every example of the description is a request that the API takes."""

from __future__ import annotations

from typing import Any

import jsonschema_rs

from adapters.edge.models import read_struct
from adapters.http.openapi import document
from adapters.http.route import PREFIX, routes

DOCUMENT = document("1")
COMPONENTS = {"components": DOCUMENT["components"]}


def example_body(operation: dict[str, Any]) -> Any:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return {}
    faults = jsonschema_rs.validator_for(content["schema"] | COMPONENTS).iter_errors(content["example"])
    assert [fault.message for fault in faults] == [], operation["operationId"]
    return content["example"]


def test_every_operation_has_examples_of_what_it_needs_which_are_read_without_a_fault():
    for route in routes():
        operation = DOCUMENT["paths"][PREFIX + route.path][route.method.lower()]
        needed = {each["name"]: each["example"] for each in operation["parameters"] if each.get("required")}
        assert needed.keys() >= set(route.words_in_path), route

        assert read_struct(route.struct, example_body(operation) | needed) is not None, route


def test_what_is_answered_has_an_example_that_fits():
    for name in ("Done", "Problem"):
        schema = DOCUMENT["components"]["schemas"][name]
        (example,) = schema["examples"]
        assert jsonschema_rs.validator_for(schema | COMPONENTS).is_valid(example), name

"""Every example of the description is a request that the API takes."""

from __future__ import annotations

from typing import Any

import jsonschema_rs

from adapters.edge.models import read_struct
from adapters.http.route import PREFIX, routes
from tests.adapters.http.described import described_api, whole


def example_body(operation: dict[str, Any]) -> Any:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return {}
    faults = jsonschema_rs.validator_for(whole(content["schema"], described_api())).iter_errors(content["example"])
    assert [fault.message for fault in faults] == [], operation["operationId"]
    return content["example"]


def test_every_operation_has_examples_of_what_it_needs_which_are_read_without_a_fault():
    for route in routes():
        operation = described_api()["paths"][PREFIX + route.path][route.method.lower()]
        needed = {each["name"]: each["example"] for each in operation["parameters"] if each.get("required")}
        assert needed.keys() >= set(route.words_in_path), route

        assert read_struct(route.struct, example_body(operation) | needed) is not None, route


def test_what_is_answered_has_an_example_that_fits():
    for name in ("Done", "Problem"):
        schema = described_api()["components"]["schemas"][name]
        (example,) = schema["examples"]
        assert jsonschema_rs.validator_for(whole(schema, described_api())).is_valid(example), name

"""Any request that the description allows, and many that it does not: no fault, and no undocumented answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from billing_core.staff.roles import ADMINISTRATOR, READY_ROLES
from tests.adapters.http.conftest import SignedIn
from tests.operators import Operator

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
]
# The administrator comes everywhere, the others are mostly refused at the door.
EXAMPLES = {role: 6 if role == ADMINISTRATOR else 1 for role in READY_ROLES}
# Requests that end the session or close the operator by which the others are made are tried by tests of their own.
LEFT_OUT = {"sign-out", "change-own-password"}


def operations(client: TestClient) -> Iterator[Any]:
    schema = schemathesis.openapi.from_asgi("/v1/openapi.json", client.app)
    found: Any
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.definition.raw["operationId"] not in LEFT_OUT:
            yield operation


@pytest.mark.slow
@pytest.mark.parametrize("role", READY_ROLES)
def test_every_answer_to_any_request_is_documented_and_none_is_a_fault(
    operator: Operator, client: TestClient, signed_in: SignedIn, role: str
):
    operator.subscribers(3)
    operator.application.runner.catch_up()
    signed_in("asker", role)
    headers = {"Authorization": "Bearer key.asker.test.asker"}
    faults: list[str] = []
    for operation in operations(client):

        @settings(
            max_examples=EXAMPLES[role], deadline=None, suppress_health_check=list(HealthCheck), database=None,
            derandomize=True,
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        try:
            ask()
        except Exception as fault:  # All are listed at once.
            faults.append(f"{operation.method} {operation.path}: {fault}")
    assert faults == [], "\n\n".join(faults)

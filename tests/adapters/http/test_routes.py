"""The table of routes is whole: what the program can do, the API can."""

from __future__ import annotations

import json
from collections import Counter

from adapters.bootstrap.operations import operations
from adapters.bootstrap.operations import permissions as permissions_of_program
from adapters.edge.described import described
from adapters.http.route import routes
from billing_core.staff.roles import PERMISSION, READY_ROLES, permits
from tests.adapters.http.described import described_api, references


def test_every_command_and_every_query_has_one_route():
    counted = Counter(route.struct for route in routes())

    assert set(counted) == set(operations())
    assert {struct for struct, count in counted.items() if count > 1} == set()


def test_a_query_is_read_and_a_command_is_not():
    assert [route.path for route in routes() if route.is_query != (route.method == "GET")] == []


def test_no_two_routes_have_one_method_and_path():
    assert max(Counter((route.method, route.path) for route in routes()).values()) == 1


def test_the_words_of_a_path_are_words_of_its_operation():
    for route in routes():
        words = {each.word for each in described(route.struct)}
        assert set(route.words_in_path) <= words, route


def test_every_permission_is_well_formed_and_no_two_are_alike():
    permissions = [operation.permission for operation in operations().values()]

    assert [permission for permission in permissions if not PERMISSION.fullmatch(permission)] == []
    assert len(set(permissions)) == len(permissions)


def test_every_permission_of_a_ready_role_permits_something():
    wanted = permissions_of_program()

    for role, permissions in READY_ROLES.items():
        for permission in permissions:
            assert any(permits([permission], each) for each in wanted), (role, permission)


def test_the_description_names_every_operation_once_and_every_schema_it_refers_to():
    described = described_api()
    json.dumps(described)
    ids = [each["operationId"] for path in described["paths"].values() for each in path.values()]

    assert set(ids) >= {operation.name for operation in operations().values()}
    assert len(set(ids)) == len(ids)
    known = {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}
    assert set(references(described)) <= known


def test_no_answer_has_the_name_of_what_is_written():
    """What is written has a title, as its struct or with a word before it; an answer has none."""
    described = described_api()
    schemas = described["components"]["schemas"]
    answers = [each["responses"] for path in described["paths"].values() for each in path.values()]

    for reference in set(references(answers)):
        assert "title" not in schemas[reference.rpartition("/")[2]], reference

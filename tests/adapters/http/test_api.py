"""Commands and queries over HTTP: what is answered, once, to whom, and how it is refused."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from fastapi.testclient import TestClient

from adapters.http.route import routes
from adapters.postgres.store import PostgresStore
from adapters.postgres.transaction import PostgresTransaction
from billing_core.kernel.errors import ConnectionLost
from billing_core.staff.roles import READY_ROLES, permits
from tests.adapters.http.conftest import Api, SignedIn, in_session
from tests.adapters.http.described import described_api
from tests.operators import Operator

CUSTOMER = {"number": "C1", "name": "Anna Kalniņa", "registered_on": "2026-01-01"}
PAYMENT = {
    "source": "desk", "reference": "R1", "amount": "24.00", "currency": "EUR", "received_on": "2026-02-01"
}  # fmt: skip


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert (body["status"], body["code"]) == (status, code)
    return body


def test_a_customer_is_registered_and_shown_by_who_waits_for_it(admin: Api):
    created = admin.post("/customers", CUSTOMER)

    assert created.status_code == 201
    shown = admin.get("/customers/C1", min_position=created.json()["position"])
    assert shown.status_code == 200
    assert shown.json()["customer"]["name"] == "Anna Kalniņa"
    assert shown.json()["accounts"] == []


def test_money_is_an_object_of_texts_and_never_a_float(admin: Api, operator: Operator):
    account = operator.subscriber()

    paid = admin.post(f"/accounts/{account}/payments", PAYMENT)

    balance = admin.get(f"/accounts/{account}/balance", min_position=paid.json()["position"]).json()["balance"]
    assert balance == {"amount": "24.00", "currency": "EUR"}


def test_a_number_of_json_is_taken_as_it_is_written(admin: Api, client: TestClient, operator: Operator):
    account = operator.subscriber()
    text = '{"source":"desk","reference":"R1","amount":0.10,"currency":"EUR","received_on":"2026-02-01"}'
    headers = {"Authorization": "Bearer key.admin.test.admin"}

    paid = client.post(f"/v1/accounts/{account}/payments", content=text, headers=headers)

    assert paid.status_code == 201, paid.text
    shown = admin.get(f"/accounts/{account}/balance", min_position=paid.json()["position"])
    assert shown.json()["balance"]["amount"] == "0.10"


def test_the_same_key_and_body_get_the_first_answer_flagged(admin: Api, operator: Operator):
    account = operator.subscriber()
    path, key = f"/accounts/{account}/payments", {"Idempotency-Key": "till 3, slip 17"}

    first, again = admin.post(path, PAYMENT, **key).json(), admin.post(path, PAYMENT, **key).json()

    assert (first["is_repeated"], again["is_repeated"]) == (False, True)
    assert again | {"is_repeated": False} == first
    problem(admin.post(path, PAYMENT | {"amount": "25.00"}, **key), 409, "command-id-reused")


def test_a_key_of_one_operator_says_nothing_to_another(admin: Api, signed_in: SignedIn, operator: Operator):
    account = operator.subscriber()
    other = signed_in("other", "cashier")
    path, key = f"/accounts/{account}/payments", {"Idempotency-Key": "1"}
    admin.post(path, PAYMENT, **key)

    answer = other.post(path, PAYMENT | {"reference": "R2"}, **key)

    assert answer.status_code == 201 and answer.json()["is_repeated"] is False


def test_a_dry_run_writes_nothing(admin: Api, operator: Operator):
    assert admin.post("/customers?dry_run=true", CUSTOMER).json()["position"] == 0
    operator.application.runner.catch_up()

    problem(admin.get("/customers/C1"), 404, "not-found")


def test_the_log_says_who_from_where_and_what(admin: Api):
    identity = str(uuid.uuid4())
    admin.post("/customers", CUSTOMER, **{"X-Correlation-ID": identity})

    (change,) = admin.get("/changes", actor="admin", min_position=1).json()["items"] or [None]

    assert (change["actor"], change["role"], change["channel"]) == ("admin", "administrator", "HTTP")
    assert (change["event"], change["correlation_id"]) == ("customer-registered", identity)


def test_an_error_of_the_rules_names_code_field_and_value(admin: Api):
    body = problem(admin.get("/accounts/77/balance"), 404, "not-found")

    assert (body["field"], body["value"]) == ("account", "77")


def test_every_fault_of_a_body_is_named_with_its_place(admin: Api):
    body = problem(admin.post("/customers", {"number": "C1", "kind": "robot", "nmae": "X"}), 422, "invalid-value")

    assert {fault["field"] for fault in body["faults"]} == {"name", "kind", "nmae"}


@pytest.mark.parametrize(
    ("content", "code", "status"),
    [
        (b"{", "malformed-body", 400),
        (b"[]", "malformed-body", 400),
        (b'{"number": NaN}', "malformed-body", 400),
        (b'{"number": "1", "number": "2"}', "malformed-body", 400),
        (b"\xff\xfe{}", "malformed-body", 400),
        (b'{"a":' * 100_000, "malformed-body", 400),
        (b'{"number": "' + b"x" * 1_000_000 + b'"}', "too-large", 413),
    ],
)
def test_a_malformed_body_is_refused(client: TestClient, admin: Api, content: bytes, code: str, status: int):
    headers = {"Authorization": "Bearer key.admin.test.admin"}

    problem(client.post("/v1/customers", content=content, headers=headers), status, code)


def test_body_and_path_must_not_contradict_each_other(admin: Api, operator: Operator):
    account = operator.subscriber()

    problem(admin.post(f"/accounts/{account}/payments", PAYMENT | {"account": "other"}), 400, "contradiction")


def test_without_a_token_nothing_is_said(client: TestClient):
    for path, methods in described_api()["paths"].items():
        for method, described in methods.items():
            if described.get("security") != []:
                content = described.get("requestBody", {}).get("content", {}).get("application/json", {})
                body = dict.fromkeys(content.get("schema", {}).get("required", ()), "x") or None
                answer = client.request(method, path.replace("{", "").replace("}", ""), json=body)
                problem(answer, 401, "not-signed-in")


def test_each_ready_role_may_do_what_it_permits_and_nothing_else(signed_in: SignedIn):
    """A permitted request without fields is wrong in some other way, and is never forbidden."""
    for role, permissions in READY_ROLES.items():
        api = signed_in(role, role)
        for route in routes():
            path = route.path.replace("{", "").replace("}", "")
            answer = api.send(route.method, path, None if route.is_query else {})
            is_permitted = permits(permissions, route.operation.permission)
            assert (answer.status_code != 403) is is_permitted, (role, route, answer.text)


def test_a_refused_attempt_is_kept_with_its_reason(admin: Api, signed_in: SignedIn):
    cashier = signed_in("till", "cashier")
    problem(cashier.post("/customers", CUSTOMER), 403, "not-permitted")
    problem(cashier.get("/changes"), 403, "not-permitted")

    kept = admin.get("/refused-attempts", actor="till").json()["items"]

    assert [each["attempt"] for each in kept] == ["audit.read.list-changes", "parties.change.register-customer"]
    assert all(each["code"] == "not-permitted" and each["channel"] == "HTTP" for each in kept)


def test_an_operator_signs_in_sees_itself_and_signs_out(client: TestClient, admin: Api, operator: Operator):
    in_session(client, operator, "admin").send("DELETE", "/sessions/current")
    problem(client.post("/v1/sessions", json={"operator": "admin", "password": "wrong"}), 401, "not-signed-in")
    opened = client.post("/v1/sessions", json={"operator": "admin", "password": "correct horse battery"})
    assert opened.status_code == 201 and opened.headers["cache-control"] == "no-store"
    me = Api(client, opened.json()["token"])

    assert me.get("/me").json()["operator"] == "admin"
    (session,) = me.get("/operators/admin/sessions").json()["items"]
    assert session["source"] == "testclient"
    assert me.send("DELETE", "/sessions/current").status_code == 204
    problem(me.get("/me"), 401, "not-signed-in")


def test_pages_of_a_list_follow_each_other_to_the_end(admin: Api, operator: Operator):
    operator.subscribers(5)
    operator.application.runner.catch_up()
    found, after = list[str](), ""
    while after is not None:
        page = admin.get("/customers", limit=2, after=after).json()
        found += [each["customer"]["number"] for each in page["items"]]
        after = page["next"]

    assert found == ["A0001", "A0002", "A0003", "A0004", "A0005"]


@pytest.mark.parametrize("limit", ["0", "1001", "many", "-1"])
def test_a_limit_without_sense_is_refused(admin: Api, limit: str):
    problem(admin.get("/customers", limit=limit), 422, "invalid-value")


@pytest.mark.parametrize("path", ["/returns", "/collection/items", "/usage-grants", "/usage-alarms"])
def test_a_place_that_no_page_has_named_is_refused(admin: Api, path: str):
    problem(admin.get(path, after="A0001/text/event-stream"), 422, "invalid-value")


def test_an_answer_as_of_a_moment_is_that_of_then(admin: Api, operator: Operator):
    account = operator.subscriber()
    operator.application.runner.catch_up()
    position = operator.application.log.newest_position()
    operator.application.build_as_of("before", position)
    paid = admin.post(f"/accounts/{account}/payments", PAYMENT)
    path = f"/accounts/{account}/balance"

    now = admin.get(path, min_position=paid.json()["position"]).json()["balance"]["amount"]

    assert (now, admin.get(path, as_of="before").json()["balance"]["amount"]) == ("24.00", "0.00")
    problem(admin.get(path, as_of="never"), 404, "not-found")
    problem(admin.get(path, as_of="ne\0ver"), 422, "invalid-value")


def test_a_command_whose_outcome_is_unknown_is_said_so(admin: Api, monkeypatch: pytest.MonkeyPatch):
    def lose(*_: Any) -> None:
        raise ConnectionLost("away")

    with monkeypatch.context() as patch:
        patch.setattr(PostgresTransaction, "append_command", lose)
        patch.setattr(PostgresStore, "find_command", lose)
        unknown = problem(admin.post("/customers", CUSTOMER), 503, "outcome-unknown")

    assert "repeat the command with the same id" in unknown["detail"]


def test_what_monitors_ask_is_answered_without_signing_in(client: TestClient):
    assert client.get("/healthz").text == "alive\n"
    assert client.get("/readyz").status_code == 200
    assert "billing_log" in client.get("/metrics").text
    assert client.get("/docs").status_code == 200
    assert client.get("/v1/openapi.json").json()["info"]["title"] == described_api()["info"]["title"]
    assert "/v1/accounts/{account}/payments" in client.get("/v1/openapi.json").json()["paths"]
    problem(client.get("/v1/nothing"), 404, "not-found")
    problem(client.delete("/v1/customers"), 405, "method-not-allowed")


def test_a_server_says_how_far_behind_it_is_and_is_not_ready_on_a_database_of_another_version(
    client: TestClient, operator: Operator
):
    operator.application.runner.catch_up()
    shown = operator.application.log.newest_position()
    assert client.get("/readyz").text == f"ready, read models at position {shown}\n"
    operator.subscriber()
    behind = operator.application.log.newest_position() - shown
    assert client.get("/readyz").text == f"ready, read models at position {shown}, {behind} events behind\n"

    operator.execute("UPDATE billing.checkpoints SET version = 0 WHERE projection = 'audit'")
    problem(client.get("/readyz"), 503, "projection-outdated")
    newest = "SELECT max(name) FROM billing.schema_migrations"
    operator.execute(f"DELETE FROM billing.schema_migrations WHERE name = ({newest})")
    problem(client.get("/readyz"), 503, "database-outdated")


def test_everybody_changes_the_own_password_and_nobody_elses(
    client: TestClient, signed_in: SignedIn, operator: Operator
):
    signed_in("till", "cashier")
    signed_in("other", "cashier")
    cashier = in_session(client, operator, "till", "an earlier password")
    problem(cashier.send("PUT", "/operators/other/password-hash", {"password_hash": "x"}), 403, "not-permitted")
    problem(cashier.send("PUT", "/me/password", {"password": "short"}), 422, "invalid-value")
    assert cashier.send("PUT", "/me/password", {"password": "correct horse battery"}).status_code == 200
    problem(cashier.get("/me"), 401, "not-signed-in")

    opened = client.post("/v1/sessions", json={"operator": "till", "password": "correct horse battery"})

    assert opened.status_code == 201


def test_a_text_with_half_a_character_or_nul_is_a_fault_of_its_field(client: TestClient, admin: Api):
    headers = {"Authorization": "Bearer key.admin.test.admin"}
    for name in ("\\ud800", "\\u0000"):
        content = f'{{"number": "C1", "name": "{name}"}}'
        body = problem(client.post("/v1/customers", content=content, headers=headers), 422, "invalid-value")
        assert [fault["field"] for fault in body["faults"]] == ["name"]


def test_a_position_after_the_end_of_the_log_is_not_waited_for(admin: Api):
    problem(admin.get("/customers", min_position=1_000_000), 422, "invalid-value")


def test_a_list_of_addresses_that_locks_its_author_out_is_refused_unless_confirmed(admin: Api, signed_in: SignedIn):
    other = {"networks": ["192.0.2.0/24"]}
    problem(admin.send("PUT", "/allowed-addresses", other), 422, "rule-violation")
    assert admin.send("PUT", "/allowed-addresses", other | {"role": "cashier"}).status_code == 200
    problem(signed_in("till", "cashier").get("/me"), 403, "address-not-allowed")

    assert admin.send("PUT", "/allowed-addresses", other | {"confirmed": True}).status_code == 200

    problem(admin.get("/me"), 403, "address-not-allowed")


def test_a_patch_changes_what_it_names_and_null_clears(admin: Api):
    admin.post("/customers", CUSTOMER | {"email": "a@x.example", "phone": "67000000", "address": {"city": "Riga"}})

    patched = admin.send("PATCH", "/customers/C1", {"email": None, "address": {"country": "LV"}})

    assert patched.status_code == 200 and patched.json()["result"] == {"warnings": []}
    customer = admin.get("/customers/C1", min_position=patched.json()["position"]).json()["customer"]
    assert (customer["name"], customer["email"], customer["phone"]) == ("Anna Kalniņa", None, "67000000")
    assert (customer["address"]["city"], customer["address"]["country"]) == ("Riga", "LV")
    (change,) = admin.get("/changes", actor="admin", limit=1).json()["items"]
    assert change["what"] == "country LV (before: none), email none (before: a@x.example)"


def test_customers_are_found_by_the_words_of_a_search(admin: Api):
    position = admin.post("/customers", CUSTOMER).json()["position"]

    found = admin.get("/customers", search="kalnina ana", min_position=position).json()["items"]

    assert [card["customer"]["number"] for card in found] == ["C1"]
    assert admin.get("/customers", search="kalnina otto").json()["items"] == []


def test_a_revision_is_withdrawn_and_a_tariff_closed(admin: Api):
    components = [{"code": "fee", "kind": "recurring", "vat": "20", "price": "21.00"}]
    assert admin.post("/tariffs/net/revisions", {"from": "2027-01-01", "components": components}).status_code == 201
    components[0]["price"] = "22.00"
    assert admin.send("PUT", "/tariffs/net/revisions/2027-01-01", {"components": components}).status_code == 200
    assert admin.send("DELETE", "/tariffs/net/revisions/2027-01-01").status_code == 200
    problem(admin.send("DELETE", "/tariffs/net/revisions/2027-01-01"), 404, "not-found")

    assert admin.post("/tariffs/net/close", {"on": "2026-05-01"}).status_code == 200
    assert admin.get("/tariffs/net").json()["closed_from"] == "2026-05-01"


def test_a_tariff_is_translated_by_language(admin: Api):
    assert admin.get("/tariffs/net").json()["translations"] == {}
    answer = admin.send("PUT", "/tariffs/net/translations/cs", {"texts": {"Monthly fee": "Poplatek"}})
    assert answer.status_code == 200
    assert admin.get("/tariffs/net").json()["translations"] == {"cs": {"Monthly fee": "Poplatek"}}
    problem(admin.send("PUT", "/tariffs/net/translations/cs", {"texts": {"Fee": "Poplatek"}}), 422, "invalid-value")


def test_who_has_read_an_older_version_changes_nothing(admin: Api):
    admin.post("/customers", CUSTOMER)
    read = admin.get("/customers/C1", min_position=1)
    tag = {"If-Match": read.headers["ETag"]}
    path = "/customers/C1"
    assert admin.send("PATCH", path, {"name": "Anna"}, **tag).status_code == 200

    problem(admin.send("PATCH", path, {"name": "Berta"}, **tag), 412, "changed-since")

    problem(admin.send("PATCH", path, {"name": "Berta"}, **{"If-Match": '"account/1@1"'}), 412, "changed-since")
    problem(admin.send("PATCH", path, {"name": "Berta"}, **{"If-Match": "*"}), 400, "malformed-header")


def test_a_refused_attempt_is_kept_without_the_value_which_may_be_a_name(admin: Api):
    problem(admin.get("/accounts/Kalnina/balance"), 404, "not-found")
    problem(admin.post("/accounts/Kalnina/payments", PAYMENT), 404, "not-found")

    (kept,) = admin.get("/refused-attempts", actor="admin").json()["items"]

    assert kept["reason"].startswith("account: ") and "Kalnina" not in kept["reason"]


def test_who_has_seen_an_older_version_forgets_nobody(admin: Api):
    admin.post("/customers", CUSTOMER)
    tag = {"If-Match": admin.get("/customers/C1", min_position=1).headers["ETag"]}
    assert admin.send("PATCH", "/customers/C1", {"name": "Anna"}).status_code == 200

    problem(admin.post("/customers/C1/forget", {"ordered_by": "her", "reason": "asked"}, **tag), 412, "changed-since")


def test_a_failed_sign_in_is_kept_and_who_is_no_operator_is_not_named(client: TestClient, admin: Api):
    for operator in ("admin", "my secret password"):
        problem(client.post("/v1/sessions", json={"operator": operator, "password": "wrong"}), 401, "not-signed-in")

    kept = admin.get("/refused-attempts").json()["items"]

    assert [(each["actor"], each["attempt"]) for each in kept] == [("unknown", "sign-in"), ("admin", "sign-in")]

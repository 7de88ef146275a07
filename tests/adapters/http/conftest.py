"""The API on a fresh database, and callers with different roles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from adapters.http.server import http_application
from commands.staff.operators import ChangePassword, IssueApiKey, RegisterOperator
from commands.staff.sign_in import hashed
from tests.operators import Operator, application, database_url, found_operator, operator
from tests.passwords import hash_of

__all__ = ["application", "database_url", "found_operator", "operator"]


class Api:
    """The API as one operator uses it."""

    def __init__(self, client: TestClient, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str, headers: dict[str, str] | None = None, **parameters: Any) -> Any:
        return self._client.get(f"/v1{path}", params=parameters, headers=self._headers | (headers or {}))

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        return self._client.request(method, f"/v1{path}", json=body, headers=self._headers | headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("POST", path, body, **headers)

    def send_bytes(self, path: str, content: bytes, headers: dict[str, str], **parameters: Any) -> Any:
        return self._client.post(
            f"/v1{path}", content=content, headers=self._headers | headers, params=parameters or None
        )


SignedIn = Callable[..., Api]


def in_session(client: TestClient, operator: Operator, name: str, password: str = "correct horse battery") -> Api:
    """The API as an operator uses it who has signed in with a password."""
    operator.tell(ChangePassword(operator=name, password_hash=hash_of(password)))
    opened = client.post("/v1/sessions", json={"operator": name, "password": password})
    assert opened.status_code == 201, opened.text
    return Api(client, opened.json()["token"])


@pytest.fixture
def client(operator: Operator) -> Iterator[TestClient]:
    """The API, for who has not signed in; its requests share one event loop, as those of a server do."""
    with TestClient(http_application(operator.application), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def signed_in(operator: Operator, client: TestClient) -> SignedIn:
    """Registers an operator with some roles, of a dealer if one is named, who uses the API by a key."""

    def sign_in(name: str, *roles: str, dealer: str = "") -> Api:
        operator.tell(RegisterOperator(operator=name, name=name.title(), roles=roles, dealer=dealer), actor="boss")
        operator.tell(IssueApiKey(operator=name, key="test", purpose="tests", secret_hash=hashed(name)), actor="boss")
        return Api(client, f"key.{name}.test.{name}")

    return sign_in


@pytest.fixture
def admin(signed_in: SignedIn) -> Api:
    return signed_in("admin", "administrator")

"""Files over HTTP: they come in at one place, and leave as downloads that do nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient

from adapters.attachments.content_folder import ContentFolder
from adapters.bootstrap.attachments import Attachments
from adapters.door.downloads import attachment_answer
from adapters.postgres.attachments import PostgresAttachments
from tests.adapters.attachments.files import PAGE, PDF
from tests.adapters.http.conftest import Api, SignedIn
from tests.adapters.http.test_api import problem
from tests.operators import Operator

HASH = hashlib.sha256(PDF).hexdigest()
OF_PDF = {"Content-Type": "application/pdf"}


@pytest.fixture
def small(operator: Operator, tmp_path: Path) -> Path:
    """The folder of a program that takes files of up to a thousand bytes."""
    application = operator.application
    rows = PostgresAttachments(application.tables, "SELECT NULL::text WHERE false")
    application.attachments = Attachments(ContentFolder(tmp_path), rows, application.runner.catch_up, 1_000)
    return tmp_path


def files_in(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_kept_and_named_by_its_hash(signed_in: SignedIn, operator: Operator, small: Path):
    response = signed_in("sam", "support").send_bytes("/attachments", PDF, OF_PDF)

    assert response.status_code == 201, response.text
    assert response.json() == {"content_hash": HASH, "size_bytes": len(PDF), "media_type": "application/pdf"}
    assert files_in(small) == [HASH]


def test_a_file_is_refused_that_is_too_large_even_if_no_length_was_said(admin: Api, small: Path):
    def parts() -> Iterator[bytes]:
        for _ in range(20):
            yield b"x" * 100

    text = {"Content-Type": "text/plain"}
    problem(admin.send_bytes("/attachments", b"x" * 1_001, text), 413, "too-large")
    problem(admin.send_bytes("/attachments", parts(), text), 413, "too-large")  # type: ignore[arg-type]
    assert files_in(small) == []
    assert admin.send_bytes("/attachments", b"x" * 1_000, text).status_code == 201


def test_a_file_is_refused_that_may_not_be_attached_or_is_something_else(admin: Api, small: Path):
    for declared in ("text/html", "application/pdf", "image/svg+xml"):
        problem(admin.send_bytes("/attachments", PAGE, {"Content-Type": declared}), 415, "media-type-refused")
    problem(admin.send_bytes("/attachments", b"", OF_PDF), 422, "invalid-value")
    assert files_in(small) == []


def test_only_who_may_sends_files_and_a_refused_attempt_is_kept(
    signed_in: SignedIn, client: TestClient, operator: Operator
):
    problem(client.post("/v1/attachments", content=PDF, headers=OF_PDF), 401, "not-signed-in")
    problem(signed_in("carl", "cashier").send_bytes("/attachments", PDF, OF_PDF), 403, "not-permitted")

    assert operator.select("SELECT actor, attempt FROM billing.refused_attempts") == [
        ("carl", "attachments.change.keep-attachment")
    ]


def test_no_file_is_read_by_its_hash_alone(admin: Api, small: Path):
    admin.send_bytes("/attachments", PDF, OF_PDF)

    assert admin.get(f"/attachments/{HASH}").status_code == 404
    assert admin.get("/attachments").status_code == 405


def test_a_file_leaves_as_a_download_that_is_not_shown_and_runs_nothing(admin: Api, operator: Operator, small: Path):
    admin.send_bytes("/attachments", PDF, OF_PDF)
    api = FastAPI()

    async def respond(request: Request) -> Response:
        return attachment_answer(operator.application, request.path_params["hash"], 'sml"ouva\r\nX: 1 č.pdf')

    api.add_route("/{hash}", respond)
    response = TestClient(api).get(f"/{HASH}")

    assert (response.status_code, response.content) == (200, PDF)
    assert response.headers["Content-Type"] == "application/pdf"
    disposition = "attachment; filename*=utf-8''sml%22ouva%0D%0AX%3A%201%20%C4%8D.pdf"
    assert response.headers["Content-Disposition"] == disposition
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in response.headers["Cache-Control"]

"""Which media types may be attached, and which content is what it says it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.attachments.media_types import MediaTypeRefused, media_type_of, require_allowed
from tests.adapters.attachments.files import (
    HEIC,
    JPEG,
    OPEN_TEXT,
    PAGE,
    PDF,
    PICTURE_WITH_SCRIPT,
    PNG,
    PROGRAM,
    WORD,
    archive,
)

DOCX = archive("[Content_Types].xml", "word/document.xml")
ODT = archive("content.xml", mimetype=OPEN_TEXT)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file"


@pytest.mark.parametrize(
    ("declared", "content", "taken_as"),
    [
        ("application/pdf", PDF, "application/pdf"),
        ("image/png", PNG, "image/png"),
        ("IMAGE/JPEG", JPEG, "image/jpeg"),
        ("image/heic", HEIC, "image/heic"),
        ("text/plain; charset=utf-8", "Dobrý den,\nnejde internet\n".encode(), "text/plain"),
        ("text/csv", "číslo;částka\n".encode("cp1250"), "text/csv"),
        (WORD, DOCX, WORD),
        (OPEN_TEXT, ODT, OPEN_TEXT),
        ("application/octet-stream", PDF, "application/pdf"),
        ("", PNG, "image/png"),
        ("application/octet-stream", DOCX, WORD),
    ],
)
def test_a_file_is_of_its_declared_type_or_of_that_of_its_content(
    path: Path, declared: str, content: bytes, taken_as: str
):
    path.write_bytes(content)
    assert media_type_of(declared, path) == taken_as


@pytest.mark.parametrize(
    ("declared", "content"),
    [
        ("image/png", PDF),
        ("application/pdf", PROGRAM),
        ("application/pdf", PAGE),
        ("image/jpeg", PICTURE_WITH_SCRIPT),
        ("text/plain", PROGRAM),
        ("application/octet-stream", PROGRAM),
        ("application/octet-stream", PAGE),
        (WORD, archive("a.txt")),
        (WORD, archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        (WORD, PDF),
        (WORD, b"PK\3\4" + bytes(40)),
        (OPEN_TEXT, DOCX),
        (OPEN_TEXT, archive("content.xml", "Basic/script-lc.xml", mimetype=OPEN_TEXT)),
        ("text/html", PAGE),
        ("image/svg+xml", PICTURE_WITH_SCRIPT),
        ("application/zip", archive("a.txt")),
        ("application/x-msdownload", PROGRAM),
    ],
)
def test_what_is_not_on_the_list_or_something_else_is_refused(path: Path, declared: str, content: bytes):
    path.write_bytes(content)
    with pytest.raises(MediaTypeRefused):
        media_type_of(declared, path)


def test_a_refusal_names_what_may_be_attached():
    with pytest.raises(
        MediaTypeRefused, match=r"^media_type 'text/html': may not be attached; these may: application/pdf, "
    ):
        require_allowed("text/html")

"""Files that are kept on the command line."""

from __future__ import annotations

import hashlib

from tests.adapters.attachments.files import PAGE, PDF
from tests.adapters.cli.conftest import Billing

HASH = hashlib.sha256(PDF).hexdigest()


def test_a_file_is_kept_by_its_content_whatever_its_name(billing: Billing):
    folder = billing.folder
    for name in ("smlouva.pdf", "scan"):
        (folder / name).write_bytes(PDF)

        kept = billing("keep-attachment", str(folder / name), "--json")

        assert kept.json == {"content_hash": HASH, "size_bytes": len(PDF), "media_type": "application/pdf"}
    assert (folder / "files" / HASH[:2] / HASH).read_bytes() == PDF
    assert billing("keep-attachment", str(folder / "scan")).output.startswith(f"{HASH}  application/pdf, ")


def test_a_file_that_is_too_large_or_may_not_be_attached_is_refused(billing: Billing):
    page, large = billing.folder / "page.html", billing.folder / "large.txt"
    page.write_bytes(PAGE)
    large.write_bytes(b"x" * (1_048_576 + 1))

    assert "may not be attached" in billing("keep-attachment", str(page)).complaint
    one = billing("keep-attachment", str(large), BILLING_MOST_ATTACHMENT_MEBIBYTES="1")
    assert "is over 1 MiB" in one.complaint
    assert not [path for path in (billing.folder / "files").rglob("*") if path.is_file()]

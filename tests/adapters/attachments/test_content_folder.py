"""The folder of contents: what stands under a hash is whole, and is kept once."""

from __future__ import annotations

import hashlib
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.attachments.content_folder import ContentFolder
from tests.adapters.attachments.files import PDF

HASH = hashlib.sha256(PDF).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> ContentFolder:
    return ContentFolder(tmp_path / "a" / "files")


def keep(folder: ContentFolder, content: bytes) -> str:
    incoming = folder.begin()
    for first in range(0, len(content), 7):
        incoming.add(content[first : first + 7])
    content_hash = incoming.finish()
    folder.keep(incoming, content_hash)
    incoming.abandon()
    return content_hash


def files_in(tmp_path: Path) -> list[str]:
    return sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())


def test_a_content_stands_under_its_hash_once_whatever_part_it_came_in(folder: ContentFolder, tmp_path: Path):
    assert keep(folder, PDF) == keep(folder, PDF) == HASH

    assert files_in(tmp_path) == [f"a/files/{HASH[:2]}/{HASH}"]
    assert folder.path_of(HASH).read_bytes() == PDF
    assert folder.is_sound(HASH)


def test_nobody_else_reads_the_folder_and_nothing_in_it_is_executed(folder: ContentFolder, tmp_path: Path):
    keep(folder, PDF)

    assert stat.S_IMODE(folder.path_of(HASH).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "a" / "files").stat().st_mode) == 0o700


def test_a_file_that_does_not_come_in_whole_leaves_nothing(folder: ContentFolder, tmp_path: Path):
    incoming = folder.begin()
    incoming.add(PDF)
    incoming.abandon()

    assert files_in(tmp_path) == []


def test_what_was_altered_or_is_missing_is_not_sound_and_is_healed_by_its_content(folder: ContentFolder):
    keep(folder, PDF)
    folder.path_of(HASH).write_bytes(PDF + b"more")
    assert not folder.is_sound(HASH)
    keep(folder, PDF)
    assert folder.is_sound(HASH)

    folder.remove(HASH)
    folder.remove(HASH)
    assert not folder.is_sound(HASH)


def test_a_hash_is_no_way_out_of_the_folder(folder: ContentFolder):
    for name in ("../../etc/passwd", "", HASH.upper(), f"{HASH}\n", f"../{HASH}"):
        with pytest.raises(ValueError, match="no SHA-256"):
            folder.path_of(name)


KILLED_WITH = """
    import os, signal, sys
    from pathlib import Path
    from adapters.attachments.content_folder import ContentFolder

    incoming = ContentFolder(Path(sys.argv[1])).begin()
    incoming.add(b"half")
    incoming.finish()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_left_is_removed_when_it_is_old(folder: ContentFolder, tmp_path: Path):
    code = "\n".join(line.strip() for line in KILLED_WITH.splitlines())
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a" / "files")], check=False)
    assert killed.returncode == -signal.SIGKILL
    (left,) = (tmp_path / "a" / "files" / "incoming").iterdir()

    folder.remove_abandoned(60)
    assert left.exists()
    os.utime(left, (0, 0))
    folder.remove_abandoned(60)

    assert not left.exists()

"""Messages in a source's own form, read by a usage profile: a line or an object each."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.files.profile_files import load_usage_profile
from adapters.files.usage_rows import UsageChunk
from adapters.files.usage_sources.rows import Reading
from adapters.kafka.profiled_messages import as_lines, read_by_profile
from billing_core.kernel.errors import InvalidValue

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
FIELDS = """
fields:
  key: id
  kind: {value: call}
  subscriber: caller
  component: {value: calls}
  started_at: {column: at, zone: UTC}
  seconds: length
"""
LINES = "name: north\nabout: Calls\nform: csv\nheader: false\ncolumns: [id, caller, at, length]\nencoding: cp1250\n"
OBJECTS = "name: north\nabout: Calls\nform: json\n"


def read(folder: Path, profile: str, *values: bytes) -> UsageChunk:
    file = folder / "profile.yaml"
    file.write_text(profile + FIELDS, encoding="utf-8")
    loaded = load_usage_profile(str(file))
    return read_by_profile(values, loaded.encoding, Reading(as_lines(loaded), "batch", NOW))


def test_a_message_is_a_line_in_the_encoding_of_its_source(tmp_path: Path):
    at = b"2026-03-01 10:00:00"

    chunk = read(tmp_path, LINES, b"c-1,Jir\xed," + at + b",60\r\n", b"c-2,601", b"", b"a\nb", b"c-5,602," + at + b",7")

    taken = [(row["line"], row["key"], row["subscriber"], row["seconds"]) for row in chunk.rows.to_pylist()]
    assert taken == [(1, "c-1", "Jirí", 60), (5, "c-5", "602", 7)]
    assert [row.line for row in chunk.refused] == [2, 4]
    assert chunk.refused[1].reason == "must be one line; a message is one record"


def test_a_message_is_an_object_however_it_is_laid_out(tmp_path: Path):
    first = b'{\n  "id": "c-1",\n  "caller": "601", "at": "2026-03-01 10:00:00", "length": 60\n}\n'

    chunk = read(tmp_path, OBJECTS, b"no object", first)

    assert [(row["line"], row["key"]) for row in chunk.rows.to_pylist()] == [(2, "c-1")]
    assert [row.line for row in chunk.refused] == [1]


@pytest.mark.parametrize("name", ["freeswitch-xml", "rows"])
def test_a_profile_that_reads_whole_files_is_refused(name: str):
    with pytest.raises(InvalidValue, match="reads files, not single records"):
        as_lines(load_usage_profile(name))

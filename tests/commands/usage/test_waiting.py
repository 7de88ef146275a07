"""Records that a source's profile could not read wait as they came, and are read again when the profile is mended."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest

from adapters.files.usage_rows import UsageChunk
from adapters.postgres import usage_keys
from billing_core.usage.mediation.deliveries import RefusedRow
from commands.usage.mediation import IncomingBatch, Received, UsageMediation, WaitingUsage
from tests.commands.services.conftest import Story
from tests.commands.usage.rows import chunk, kept, origin, receive, row, waiting


def test_lines_that_could_not_be_read_are_read_again_by_their_profile(homes: Story):
    """Line 4 is no record at all; its profile learns to read line 3."""

    def read_again(profile: str, refused: Sequence[RefusedRow]) -> UsageChunk:
        assert profile == "asterisk"
        read = [row(each.line, "c3", each.raw.partition(";")[2]) for each in refused if ";" in each.raw]
        return chunk(read, [each._replace(reason="is no record") for each in refused if ";" not in each.raw])

    unread = [RefusedRow(3, "", "started_at", "tea", "is no instant", "c3;05-10 08:00"),
              RefusedRow(4, "", "line", "", "has no columns", "tea\0" * 10_000)]  # fmt: skip
    receive(homes.operator, "1", [row(2, "c2", "05-10 08:00", "NOBODY")], unread, profile="asterisk")
    mediation = UsageMediation(homes.operator.application.store, read_again)

    assert mediation.retry(WaitingUsage("switch", field="subscriber"), origin()) == [Received("1, again 1", 0, 0, 1)]
    assert mediation.retry(WaitingUsage("switch"), origin()) == [Received("1, again 1", 1, 0, 2)]

    assert kept(homes.operator, "key", "line") == [("c3", 3)]
    assert [(line, field) for _, line, _, field, _ in waiting(homes.operator)] == [(2, "subscriber"), (4, "line")]
    assert homes.operator.select("SELECT reason, length(raw) FROM billing.usage_waiting WHERE line = 4") == [
        ("is no record", 10_000)
    ]
    assert homes.operator.findings() == []


@pytest.mark.parametrize("worth_reading", [0, 1], ids=["key by key", "part by part"])
def test_known_keys_are_found_whatever_way_they_are_looked_for(
    homes: Story, monkeypatch: pytest.MonkeyPatch, worth_reading: int
):
    """Keys of all kinds, some known, and others that stand between them."""
    monkeypatch.setattr(usage_keys, "LEAST_KEYS", 2)
    monkeypatch.setattr(usage_keys, "WORTH_READING", worth_reading)
    keys = ["".join(letters) for letters in product("aé9", repeat=3)]
    receive(homes.operator, "1", [row(line, key, "05-10 08:00") for line, key in enumerate(keys[::3], start=1)])

    found = receive(homes.operator, "2", [row(line, key, "05-10 08:00") for line, key in enumerate(keys, start=1)])

    assert (found.taken, found.repeated) == (len(keys) - len(keys[::3]), len(keys[::3]))
    assert [key for (key,) in kept(homes.operator)] == sorted(keys, key=str.encode)


def test_a_batch_without_a_record_closes_a_gap_and_is_received_once(homes: Story):
    mediation = homes.operator.application.usage_mediation()
    assert mediation.receive(IncomingBatch("switch", "1"), [], origin()) == Received("1", 0, 0, 0)
    assert mediation.receive(IncomingBatch("switch", "1"), [], origin()) == Received("1", 0, 0, 0, is_known=True)
    assert homes.operator.findings() == []

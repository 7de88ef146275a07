"""A sealed store is tampered with by direct SQL: each kind of damage is found, and the first event of it named."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from adapters.files.seal_files import PublishedDiffers, PublishedSeals, create_keys, load_check, load_signer
from adapters.postgres.seals import PostgresSeals, SealsBroken, Verified
from billing_core.integrity.seals import check_proof
from billing_core.kernel.errors import NotFound
from tests.operators import Operator, silent

RANGE = 10


class Auditor:
    """Seals a store in short ranges, publishes, and checks."""

    def __init__(self, operator: Operator, folder: Path) -> None:
        self.operator = operator
        self.seals = self.opened()
        self.is_signed = load_check([create_keys(folder / "key")])
        self.sign = load_signer(folder / "key")
        self.published = PublishedSeals(folder / "seals.jsonl")

    def opened(self) -> PostgresSeals:
        application = self.operator.application
        return PostgresSeals(application.datastore, application.log, application.tables, RANGE)

    def seal(self, rest: bool = False) -> list[int]:
        made = [seal.number for seal in self.seals.seal(self.sign, rest, silent)]
        self.published.publish(self.seals.lines())
        return made

    def verify(self) -> Verified:
        """With what the store itself has."""
        return self.seals.verify(self.is_signed, None, silent)

    def verify_published(self) -> Verified:
        return self.seals.verify(self.is_signed, self.published.lines(), silent)

    def verify_stream(self, stream: str) -> Verified:
        return self.seals.verify_stream(stream, self.is_signed, None)

    def position(self, which: str) -> int:
        return int(self.operator.select(f"SELECT position FROM billing.events WHERE {which}")[0][0])


@pytest.fixture
def auditor(operator: Operator, tmp_path: Path) -> Auditor:
    """Sealed: twelve subscribers, three events each, behind the seller and the tariff; with a position never used."""
    operator.subscribers(6)
    operator.select("SELECT nextval('billing.event_positions')")
    operator.subscribers(6, first=7)
    auditor = Auditor(operator, tmp_path)
    assert auditor.seal() == [1, 2, 3]
    assert auditor.seal(rest=True) == [4]
    return auditor


def test_a_store_that_nobody_touched_is_sound(auditor: Auditor):
    assert auditor.verify() == Verified(seals=4, events=38, unsealed=0, findings=[])
    assert auditor.verify_published() == Verified(seals=4, events=38, unsealed=0, findings=[], published=4)
    assert auditor.verify_stream("account/A0003").findings == []
    auditor.operator.subscribers(1, first=13)
    assert auditor.verify() == Verified(seals=4, events=38, unsealed=3, findings=[])
    assert auditor.seal() == []
    assert auditor.seal(rest=True) == [5]
    assert auditor.verify().unsealed == 0


INSERT = """INSERT INTO billing.events
    (originator_id, originator_version, topic, state, metadata, effective_on, recorded_at, position)
    VALUES ('account/A0001', 9, 't/1', '{{}}', '{{}}', '2026-01-01', now(), {position})"""
SWAP = """UPDATE billing.events SET position = -position WHERE position IN ({a}, {b});
    UPDATE billing.events SET position = CASE position WHEN -{a} THEN {b} ELSE {a} END WHERE position < 0"""
BYTES = "set_byte({}, 5, get_byte({}, 5) # 1)"

# The statement that does the damage, the position that is named, and words about it. Position 21 was never used.
DAMAGE: dict[str, tuple[str, int, str]] = {
    "a byte of the state": (
        f"UPDATE billing.events SET state = {BYTES.format('state', 'state')} WHERE position = 14", 14, "was changed",
    ),
    "a letter of the metadata": (
        "UPDATE billing.events SET metadata = replace(metadata, 'clerk', 'clark') WHERE position = 33",
        33, "was changed",
    ),
    "the effective date": (
        "UPDATE billing.events SET effective_on = effective_on + 1 WHERE position = 10", 10, "was changed",
    ),
    "the time it was recorded": (
        "UPDATE billing.events SET recorded_at = recorded_at + interval '1 us' WHERE position = 11", 11, "was changed",
    ),
    "the topic": ("UPDATE billing.events SET topic = topic || '1' WHERE position = 1", 1, "was changed"),
    "the transaction": (
        "UPDATE billing.events SET transaction_id = '7' WHERE position = 2", 2, "was changed",
    ),
    "two bytes in two ranges": (
        "UPDATE billing.events SET metadata = metadata || ' ' WHERE position IN (38, 17)", 17, "was changed",
    ),
    "a row removed": ("DELETE FROM billing.events WHERE position = 20", 20, "was removed"),
    "all removed": ("DELETE FROM billing.events", 1, "was removed"),
    "the last removed": ("DELETE FROM billing.events WHERE position = 39", 39, "was removed"),
    "a row inserted": (INSERT.format(position=21), 21, "was inserted"),
    "a row inserted before all": (INSERT.format(position=0), 0, "was inserted"),
    "two rows swapped": (SWAP.format(a=12, b=13), 12, "was sealed at position 13"),
    "two rows swapped over ranges": (SWAP.format(a=7, b=36), 7, "was sealed at position 36"),
    "a row moved into the gap": (
        "UPDATE billing.events SET position = 21 WHERE position = 30", 21, "was sealed at position 30",
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", DAMAGE)
def test_each_kind_of_damage_is_found_and_its_first_event_named(auditor: Auditor, way: str):
    statement, position, words = DAMAGE[way]
    assert auditor.operator.select("SELECT 1 FROM billing.events WHERE position = 21") == []
    auditor.operator.execute(statement)
    for verified in (auditor.verify(), auditor.verify_published()):
        (finding,) = verified.findings
        assert finding.position == position
        assert words in finding.text and str(position) in finding.text


def test_the_stream_of_a_finding_is_named(auditor: Auditor):
    position = auditor.position("originator_id = 'customer/A0004'")
    auditor.operator.execute("UPDATE billing.events SET state = '{}' WHERE originator_id = 'customer/A0004'")
    (finding,) = auditor.verify().findings
    assert finding.text == f"the event at position {position}, customer-registered/1 of customer/A0004, was changed"


def test_a_tail_that_was_cut_off_with_its_seals_is_found_by_what_was_published(auditor: Auditor):
    auditor.operator.execute("DELETE FROM billing.events WHERE position > 30")
    auditor.operator.execute("DELETE FROM billing.seals WHERE number = 4")
    assert auditor.verify().findings == []  # nothing in the store tells
    removed, cut = auditor.verify_published().findings
    assert removed.position == 31 and "was removed" in removed.text
    assert cut.seal == 4 and "cut off" in cut.text


def test_seals_that_were_cut_off_alone_are_found_and_no_event_is_blamed(auditor: Auditor):
    auditor.operator.execute("DELETE FROM billing.seals WHERE number > 2")
    (finding,) = auditor.verify_published().findings
    assert finding.seal == 3 and "cut off" in finding.text


def test_a_tail_of_seals_that_was_made_again_is_found_by_what_was_published(auditor: Auditor):
    auditor.operator.execute("DELETE FROM billing.seals WHERE number = 4")
    auditor.operator.execute("UPDATE billing.events SET metadata = '{}' WHERE position = 35")
    with pytest.raises(PublishedDiffers, match="from seal 4 on"):
        auditor.seal(rest=True)
    assert auditor.verify().findings == []
    finding, replaced = auditor.verify_published().findings
    assert finding.seal == 4 and "between positions 31 and 39 was changed" in finding.text
    assert replaced.text == "seal 4 is not the one that was published"


@pytest.mark.parametrize("number", [1, 2, 4])
def test_a_seal_that_was_rewritten_is_named(auditor: Auditor, number: int):
    auditor.operator.execute(
        "UPDATE billing.seals SET seal = translate(seal, '0123456789', '1234567890') WHERE number = %s", number
    )
    assert f"seal {number}" in auditor.verify().findings[0].text
    assert any(f"seal {number} " in finding.text for finding in auditor.verify_published().findings)


def test_a_seal_signed_by_a_stranger_is_named(auditor: Auditor, tmp_path: Path):
    stranger = load_check([create_keys(tmp_path / "stranger")])
    assert "seal 1 was rewritten: its signature" in auditor.seals.verify(stranger, None, silent).findings[0].text
    both = load_check([tmp_path / "stranger.pub", tmp_path / "key.pub"])
    assert auditor.seals.verify(both, None, silent).findings == []


def test_a_list_of_hashes_that_was_changed_hides_no_event(auditor: Auditor):
    auditor.operator.execute(f"UPDATE billing.seals SET leaves = {BYTES.format('leaves', 'leaves')} WHERE number = 2")
    (finding,) = auditor.verify().findings
    assert finding.text == "the list of hashes of seal 2 was changed"
    auditor.operator.execute("UPDATE billing.events SET state = '{}' WHERE position = 14")
    (finding,) = auditor.verify().findings
    assert finding.seal == 2 and "an event between positions 11 and 20 was changed" in finding.text


STREAM_DAMAGE: dict[str, tuple[str, str]] = {
    "changed": ("UPDATE billing.events SET state = '{}' WHERE position = %s", "was changed"),
    "removed": ("DELETE FROM billing.events WHERE position = %s", "version 1 of account/A0003 was removed"),
    "its tail cut": (
        "DELETE FROM billing.events WHERE originator_id = 'account/A0003' AND position > %s",
        "was removed; its stream is not known",
    ),
    "moved": ("UPDATE billing.events SET position = 21 WHERE position = %s", "was moved"),
    "taken to another stream": ("UPDATE billing.events SET originator_id = 'x/1' WHERE position = %s", "removed"),
}


@pytest.mark.parametrize("way", STREAM_DAMAGE)
def test_damage_to_one_stream_is_found_by_checking_only_that(auditor: Auditor, way: str):
    statement, words = STREAM_DAMAGE[way]
    position = auditor.position("originator_id = 'account/A0003' ORDER BY originator_version LIMIT 1")
    auditor.operator.execute(statement, position)
    (finding,) = auditor.verify_stream("account/A0003").findings
    assert words in finding.text


def test_damage_to_another_stream_is_not_reported_for_this_one(auditor: Auditor):
    auditor.operator.execute("UPDATE billing.events SET state = '{}' WHERE originator_id = 'customer/A0004'")
    assert auditor.verify_stream("account/A0003").findings == []
    with pytest.raises(NotFound, match="account/A0001"):
        auditor.verify_stream("account/none")


def test_every_event_is_proved_without_the_database(auditor: Auditor):
    for position, stream in auditor.operator.select("SELECT position, originator_id FROM billing.events"):
        event = check_proof(auditor.seals.prove(position, auditor.is_signed), auditor.is_signed)
        assert (event.position, event.stream) == (position, stream)


def test_there_is_no_proof_of_what_is_not_sealed_not_there_or_not_sound(auditor: Auditor):
    auditor.operator.execute("UPDATE billing.events SET state = '{}' WHERE position = 3")
    for position, words in ((40, "not sealed yet"), (21, "holds no event")):
        with pytest.raises(NotFound, match=words):
            auditor.seals.prove(position, auditor.is_signed)
    with pytest.raises(SealsBroken, match="billing verify"):
        auditor.seals.prove(4, auditor.is_signed)


def test_only_final_positions_are_sealed(auditor: Auditor, monkeypatch: pytest.MonkeyPatch):
    late, early = (
        INSERT.format(position="nextval('billing.event_positions')").replace("A0001", number) for number in ("L", "E")
    )
    with psycopg.connect(auditor.operator.database_url) as slow:  # Held for a moment only: it holds up other tests.
        slow.execute(late.encode())
        auditor.operator.execute(early)
        with monkeypatch.context() as hurried:
            hurried.setattr("adapters.postgres.seals.PATIENCE_SECONDS", 0.1)
            assert auditor.seal(rest=True) == []
        slow.commit()
    assert auditor.seal(rest=True) == [5]
    assert auditor.verify() == Verified(seals=5, events=40, unsealed=0, findings=[])


def in_threads(*jobs: Callable[[], object]) -> None:
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_who_seal_at_once_do_no_harm(auditor: Auditor):
    auditor.operator.subscribers(40, first=13)
    made: list[int] = []

    def seal() -> None:
        seals = auditor.opened()
        with seals.only_sealer():
            made.extend(seal.number for seal in seals.seal(auditor.sign, True, silent))
            auditor.published.publish(seals.lines())

    in_threads(seal, seal, seal)
    assert made == list(range(5, 17))
    assert auditor.verify_published() == Verified(seals=16, events=158, unsealed=0, findings=[], published=16)


def test_a_line_that_was_half_published_is_finished(auditor: Auditor, tmp_path: Path):
    path = tmp_path / "seals.jsonl"
    whole = path.read_bytes()
    for kept in (0, 10, len(whole) - 1):
        path.write_bytes(whole[:kept])
        auditor.published.publish(auditor.seals.lines())
        assert path.read_bytes() == whole

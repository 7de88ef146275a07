"""Seals from the command line: make a key, seal, publish, check, and prove one event to somebody else."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.adapters.cli.conftest import Billing


@pytest.fixture
def sealed(billed: Billing) -> Billing:
    """Keys `key` and `key.pub`, all events sealed, the seals published to `seals.jsonl`."""
    assert billed("seal-key", path(billed, "key")).code == 0
    done = seal(billed)
    assert done.code == 0 and "with 1 seal." in done.output
    return billed


def path(billing: Billing, name: str) -> str:
    return str(billing.folder / name)


def seal(billing: Billing):
    return billing("seal", "--key", path(billing, "key"), "--published", path(billing, "seals.jsonl"), "--now")


def verify(billing: Billing, *more: str):
    return billing("verify", "--key", path(billing, "key.pub"), "--published", path(billing, "seals.jsonl"), *more)


def test_a_sound_store_is_said_to_be_sound(sealed: Billing):
    (events,) = sealed.select("SELECT count(*) FROM billing.events")[0]
    ended = verify(sealed)
    assert ended.code == 0
    assert f"{events} events unchanged, by 1 seal" in ended.output
    told = verify(sealed, "--stream", "account/1", "--json")
    assert told.code == 0 and told.json["sound"] and told.json["verified"]["findings"] == []
    assert "No new events to seal" in seal(sealed).output
    assert "No range is full" in sealed("seal", "--key", path(sealed, "key")).output


def test_what_was_tampered_with_is_named_and_the_exit_code_says_so(sealed: Billing):
    sealed.execute("UPDATE billing.events SET state = state || ' ' WHERE position = 5")
    ended = verify(sealed)
    assert ended.code == 1
    assert "BROKEN the event at position 5, " in ended.output and "was changed" in ended.output
    told = verify(sealed, "--json")
    assert told.code == 1 and told.json["verified"]["findings"][0]["position"] == 5


def test_a_check_without_a_key_or_a_published_file_says_what_it_did_not_check(sealed: Billing):
    ended = sealed("verify")
    assert ended.code == 1 and "ok " in ended.output
    assert "NOT CHECKED who signed the seals" in ended.errors
    assert "NOT CHECKED whether the newest events were cut off" in ended.errors

    with_key = sealed("verify", "--key", path(sealed, "key.pub"))
    assert with_key.code == 1 and "who signed" not in with_key.errors
    published = sealed("verify", "--published", path(sealed, "seals.jsonl"), "--json")
    assert published.code == 1
    assert published.json["sound"]
    assert published.json["unchecked"] == ["who signed the seals: name the public key with --key."]
    assert "NOT CHECKED" not in verify(sealed).errors


def test_a_published_file_that_is_older_or_empty_is_named(sealed: Billing):
    older = sealed.file("older.jsonl", Path(path(sealed, "seals.jsonl")).read_text())
    sealed("do", "change-customer", "number=1", "name=Ona", "kind=person")
    assert seal(sealed).code == 0 and verify(sealed).code == 0

    key = path(sealed, "key.pub")
    ended = sealed("verify", "--key", key, "--published", older)
    assert ended.code == 1
    assert f"events after seal 1 were cut off with their seals: the published file {older} is older" in ended.errors

    empty = sealed.file("empty.jsonl", "")
    ended = sealed("verify", "--key", key, "--published", empty)
    assert ended.code == 1 and f"the published file {empty} is empty" in ended.errors


def test_a_store_without_seals_is_not_said_to_be_sound(billed: Billing):
    ended = billed("verify")
    assert ended.code == 1
    assert "No events are sealed yet" in ended.output and "ok" not in ended.output


def test_an_event_is_proved_without_a_database_and_an_altered_proof_is_refused(sealed: Billing):
    proof, key = path(sealed, "proof.json"), path(sealed, "key.pub")
    assert sealed("proof", "5", "--out", proof).code == 0
    away = {"BILLING_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}

    ended = sealed("check-proof", proof, "--key", key, **away)
    assert ended.code == 0
    (stream,) = sealed.select("SELECT originator_id FROM billing.events WHERE position = 5")[0]
    assert f"position 5 is version 2 of {stream}" in ended.output and '"actor":"clerk"' in ended.output
    assert sealed("check-proof", proof, "--key", key, "--json", **away).json["proved"]["stream"] == stream

    document = json.loads(Path(proof).read_text())
    for altered in (
        document | {"path": document["path"][::-1]},
        document | {"seal": document["seal"] | {"last": 9_999}},
        document | {"row": "AAAA" + document["row"][4:]},
        document | {"row": 5},
    ):
        ended = sealed("check-proof", sealed.file("altered.json", json.dumps(altered)), "--key", key, **away)
        assert (ended.code == 1 and "altered" in ended.complaint) or "no proof" in ended.complaint
    sealed("seal-key", path(sealed, "stranger"))
    assert "not signed by this key" in sealed("check-proof", proof, "--key", path(sealed, "stranger.pub")).complaint


def test_a_key_is_never_written_over_and_only_its_owner_reads_it(sealed: Billing):
    private = Path(path(sealed, "key"))
    before = private.read_bytes()
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    ended = sealed("seal-key", str(private))
    assert ended.code == 2 and "key.pub" in ended.complaint
    assert private.read_bytes() == before


def test_the_wrong_file_as_a_key_is_refused(sealed: Billing):
    text = sealed.file("text", "no key")
    for arguments in (("seal", "--key", text), ("verify", "--key", text), ("seal", "--key", path(sealed, "key.pub"))):
        assert "Ed25519 key" in sealed(*arguments).complaint


def test_a_store_whose_published_seals_are_others_is_not_sealed(sealed: Billing):
    sealed.file("seals.jsonl", "{}\n")
    sealed("do", "change-customer", "number=1", "name=Ona", "kind=person")
    ended = seal(sealed)
    assert ended.code == 1 and "differs from the store's seals from seal 1 on" in ended.complaint
    assert sealed.select("SELECT count(*) FROM billing.seals") == [(1,)]
    assert "in the published file, seal 1 is malformed" in verify(sealed).output

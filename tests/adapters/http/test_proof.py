"""A proof of a change that was asked for over HTTP holds without the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.files.seal_files import create_keys, load_check, load_signer, read_proof
from billing_core.integrity.seals import ProofRefused, check_proof
from tests.adapters.http.conftest import Api, SignedIn
from tests.adapters.http.test_api import CUSTOMER, problem
from tests.operators import Operator, silent


def test_a_proof_of_a_change_is_checked_without_the_database(admin: Api, operator: Operator, tmp_path: Path):
    position = admin.post("/customers", CUSTOMER).json()["position"]
    problem(admin.get(f"/changes/{position}/proof"), 404, "not-found")
    public = create_keys(tmp_path / "key")
    operator.application.seals.seal(load_signer(tmp_path / "key"), True, silent)

    answer = admin.get(f"/changes/{position}/proof")

    assert answer.status_code == 200, answer.text
    file = tmp_path / "proof.json"
    file.write_bytes(answer.content)
    proved = check_proof(read_proof(file), load_check([public]))
    assert (proved.position, proved.stream, proved.topic) == (position, "customer/C1", "customer-registered/1")

    other = create_keys(tmp_path / "other")
    with pytest.raises(ProofRefused, match="not signed by this key"):
        check_proof(read_proof(file), load_check([other]))


def test_a_proof_is_for_who_may_read_the_log(signed_in: SignedIn):
    problem(signed_in("till", "cashier").get("/changes/1/proof"), 403, "not-permitted")

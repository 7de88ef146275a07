"""Each kind of job does over HTTP what its command does at the terminal."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.files.seal_files import create_keys, load_signer
from billing_core.staff.roles import Role
from commands.staff.operators import DefineRole
from tests.adapters.cli.conftest import PROFILE, SUBSCRIBERS
from tests.adapters.http.conftest import Api, SignedIn
from tests.adapters.http.test_api import problem
from tests.adapters.http.test_jobs import shown, started, work
from tests.operators import Operator, silent

NOW = datetime.now(UTC).isoformat()
YAML = {"Content-Type": "application/yaml"}
CSV = {"Content-Type": "text/csv"}
CATALOGUE = """
tariffs:
  - {code: fast, name: Fast, currency: EUR, components: [
      {code: fee, name: Fee, kind: recurring, vat: 20, price: 30.00}]}
"""
CORRECTIONS = """
reason: mistyped in January
corrections:
  - {kind: activation, account: A0001, subscription: main, on: 2026-01-11}
  - {kind: activation, account: nobody, subscription: main, on: 2026-01-11}
"""
PRICES = """
price_changes:
  - {tariff: net, from: 2026-06-01, prices: {fee: "21.00"}}
"""
POLICY = """
{code: home, name: Households, currency: EUR, steps: [
  {code: reminder, when: {by: days, days: 7}, message: overdue}]}
"""
SERIES = "series: {invoice: {prefix: '7', width: 9}, credit-note: {prefix: '8', width: 9}}"
OWN_PROFILE = (
    PROFILE.replace(" north", " south").replace(" net\n", " wide\n").replace("    iban:", f"    {SERIES}\n    iban:")
)


def done(api: Api, operator: Operator, path: str, file: str, kind: dict[str, str]) -> Any:
    """What came of a job with a file."""
    job = started(api.send_bytes(path, file.encode(), kind))
    work(operator)
    card = shown(api, job)
    assert card["state"] == "done", card
    return card["result"]


def result(api: Api, operator: Operator, path: str, **fields: Any) -> Any:
    """What came of a job without a file."""
    job = started(api.post(path, fields))
    work(operator)
    card = shown(api, job)
    assert card["state"] == "done", card
    return card["result"]


def test_a_catalogue_is_rehearsed_and_imported(admin: Api, operator: Operator):
    rehearsed = done(admin, operator, "/jobs/import-catalogue?dry_run=true", CATALOGUE, YAML)
    assert "fast" not in operator.application.models().tariffs()

    assert done(admin, operator, "/jobs/import-catalogue", CATALOGUE, YAML) == rehearsed
    assert [(entry["code"], entry["outcome"]) for entry in rehearsed] == [("fast", "new")]
    (again,) = done(admin, operator, "/jobs/import-catalogue", CATALOGUE, YAML)
    assert again["outcome"] == "unchanged"


def test_a_list_of_corrections_is_rehearsed_and_played_once(admin: Api, operator: Operator):
    """January at 20.00: ten of 31 days are credited, 6.45 and 20 % VAT on top of it."""
    operator.subscribers(1)
    result(admin, operator, "/jobs/run-billing", on="2026-01-01")

    rehearsed = done(admin, operator, "/jobs/play-corrections?dry_run=true", CORRECTIONS, YAML)
    played = done(admin, operator, "/jobs/play-corrections", CORRECTIONS, YAML)
    again = done(admin, operator, "/jobs/play-corrections", CORRECTIONS, YAML)

    assert rehearsed["totals"] == played["totals"] == again["totals"]
    assert played["totals"]["EUR"]["credited"] == {"amount": "-7.74", "currency": "EUR"}
    assert played["refused"][0]["account"] == "nobody"
    changes = admin.get("/changes", correlation=played["correlation_id"]).json()["items"]
    assert {change["actor"] for change in changes} == {"admin"}


def test_a_charge_is_waived_by_its_key(admin: Api, operator: Operator):
    operator.subscribers(1)
    result(admin, operator, "/jobs/run-billing", on="2026-01-01")
    waiver = {"charge": "main/fee/2026-01-01/2026-02-01/0", "reason": "goodwill"}

    answer = admin.post("/accounts/A0001/waivers", waiver)

    assert answer.status_code == 201, answer.text
    position = answer.json()["position"]
    shown_after = admin.get("/accounts/A0001/balance", min_position=position).json()
    assert shown_after["balance"] == {"amount": "0.00", "currency": "EUR"}
    problem(admin.post("/accounts/A0001/waivers", waiver), 422, "rule-violation")


def test_price_changes_are_simulated_and_scheduled(admin: Api, operator: Operator):
    operator.subscribers(2)
    operator.application.runner.catch_up()

    effect = done(admin, operator, "/jobs/change-prices?dry_run=true", PRICES, YAML)
    scheduled = done(admin, operator, "/jobs/change-prices", PRICES, YAML)
    again = done(admin, operator, "/jobs/change-prices", PRICES, YAML)

    assert effect["currencies"]["EUR"]["year"] == {"amount": "24.00", "currency": "EUR"}
    assert (scheduled["tariffs"], scheduled["is_repetition"], again["is_repetition"]) == (["net"], False, True)


def test_a_dunning_policy_is_simulated_before_it_is_published(admin: Api, operator: Operator):
    """Two owe 24.00 since 15 January; the policy reminds them on the day on which it is asked."""
    operator.subscribers(2)
    operator.bill(date(2026, 1, 2))

    path = "/jobs/simulate-dunning-policy?without_policy=true&payments=nobody&days=30"
    found = done(admin, operator, path, POLICY, YAML)

    assert (found["effect"]["owing"], found["effect"]["then"]["warned"], len(found["effect"]["by_day"])) == (
        2,
        "2.00",
        30,
    )
    assert [row["account"] for row in found["accounts"]] == ["A0001", "A0002"]


def test_a_batch_of_usage_is_imported_and_its_rows_answered(admin: Api, operator: Operator):
    file = "account,subscription,component,on,quantity,reference\nnobody,main,data,2026-01-10,1,r1\n"

    report = done(admin, operator, "/jobs/import-usage?source=switch&batch=january", file, CSV)

    assert (report["accepted"], [row["value"] for row in report["rejected"]]) == (0, ["nobody/main"])
    assert [row["name"] for row in admin.get("/usage-batches", all=True).json()["items"]] == ["switch:january"]


def test_subscribers_are_imported_by_the_profile_that_is_sent(admin: Api, operator: Operator):
    path = "/jobs/import-subscribers"

    report = imported(admin, operator, path, OWN_PROFILE)

    assert report["state"] == "done", report["reason"]
    assert report["result"]["accepted"] == 3
    assert imported(admin, operator, path, OWN_PROFILE)["result"]["unchanged"] == 3


def test_a_profile_makes_nothing_that_the_operator_may_not_make(signed_in: SignedIn, operator: Operator):
    operator.tell(
        DefineRole(role="desk", permits=Role(permissions=("parties.change.import-subscribers",))), actor="boss"
    )
    desk = signed_in("desk", "desk")

    refused = imported(desk, operator, "/jobs/import-subscribers", OWN_PROFILE)

    assert (refused["state"], refused["code"]) == ("failed", "not-permitted")
    assert "south" not in operator.application.models().sellers()


def test_a_profile_is_never_read_from_the_server(admin: Api, operator: Operator):
    response = admin.send_bytes("/jobs/import-subscribers", SUBSCRIBERS.encode(), CSV, profile="/etc/passwd")

    assert "no such profile" in problem(response, 422, "invalid-value")["detail"]


def imported(api: Api, operator: Operator, path: str, profile: str) -> dict[str, Any]:
    job = started(api.send_bytes(path, SUBSCRIBERS.encode(), CSV, profile=profile))
    work(operator)
    return shown(api, job)


def test_read_models_are_built_again(admin: Api, operator: Operator):
    assert result(admin, operator, "/jobs/rebuild-read-models", name="balances")["rebuilt"] == ["balances"]
    assert result(admin, operator, "/jobs/rebuild-read-models", only_changed=True) == {"rebuilt": [], "position": None}


@pytest.mark.parametrize("moment", [{"position": 1}, {"effective": "2026-01-01"}, {"recorded": NOW}])
def test_read_models_are_built_as_of_a_moment_once(admin: Api, operator: Operator, moment: dict[str, Any]):
    operator.subscribers(1)

    built = result(admin, operator, "/jobs/build-as-of", name="then", **moment)

    assert built["kind"] == next(iter(moment))
    assert admin.get("/customers", as_of="then").status_code == 200
    again = started(admin.post("/jobs/build-as-of", {"name": "then", **moment}))
    work(operator)
    assert shown(admin, again)["code"] == "already-exists"


@pytest.mark.parametrize(
    "fields",
    [{}, {"position": 1, "effective": "2026-01-01"}, {"recorded": "2026-03-01T14:30"}, {"recorded": "yesterday"}],
)
def test_a_moment_that_is_not_one_is_refused_at_once(admin: Api, operator: Operator, fields: dict[str, Any]):
    problem(admin.post("/jobs/build-as-of", {"name": "then", **fields}), 422, "invalid-value")
    problem(admin.post("/jobs/rebuild-read-models", {"name": "nothing"}), 422, "invalid-value")


def test_read_models_that_were_built_before_the_job_was_cut_off_are_its_result(admin: Api, operator: Operator):
    job = started(admin.post("/jobs/build-as-of", {"name": "then", "position": 1}))
    work(operator)
    operator.execute(
        "UPDATE billing.jobs SET state = 'running', holder = gen_random_uuid(), ended_at = NULL, "
        "heartbeat_at = now() - interval '1 hour'"
    )

    work(operator)

    again = shown(admin, job)
    assert (again["state"], again["attempts"], again["result"]["position"]) == ("done", 2, 1)


def test_seals_are_checked_by_the_key_of_the_sealer(admin: Api, operator: Operator, tmp_path: Path):
    public = create_keys(tmp_path / "sealer")
    operator.application.seals.seal(load_signer(tmp_path / "sealer"), True, silent)

    checked = result(admin, operator, "/jobs/check-seals", public_key=public.read_text())
    assert (checked["is_sound"], checked["has_signatures"], checked["verified"]["seals"]) == (True, True, 1)

    stranger = create_keys(tmp_path / "stranger").read_text()
    assert result(admin, operator, "/jobs/check-seals", public_key=stranger)["is_sound"] is False
    assert result(admin, operator, "/jobs/check-seals")["has_signatures"] is False
    problem(admin.post("/jobs/check-seals", {"public_key": "no key"}), 422, "invalid-value")

"""Custom fields and the search on the command line."""

from __future__ import annotations

from pathlib import Path

from tests.adapters.cli.conftest import Billing

FIELDS = """
subject: customer
fields:
  - {code: door, labels: {cs: Kód dveří, en: Door code}, pattern: "[0-9]{4}", is_searchable: true}
  - {code: floor, kind: number, least: 0, labels: {en: Floor}, applies_to: [person], is_required: true, default: 1}
"""


def test_fields_are_published_from_a_file_set_and_found(opened: Billing, tmp_path: Path):
    file = tmp_path / "fields.yaml"
    file.write_text(FIELDS, encoding="utf-8")
    assert "No custom fields of a customer are published yet." in opened("fields").output
    published = opened("do", "publish-custom-fields", "--file", str(file), "--json")
    assert (published.code, published.json["result"]) == (0, {"version": 1})
    listed = " ".join(opened("fields").output.split())
    assert "Custom fields of a customer, version 1" in listed
    assert "door Door code: text, pattern [0-9]{4}, searchable" in listed
    assert "floor Floor: number, at least 0, of person alone, by default 1, required" in listed

    assert opened("do", "register-customer", "number=77", "name=Иван Живков", "custom_fields.door=1001").code == 0
    shown = " ".join(opened("customer", "show", "77").output.split())
    assert "Door code: 1001 Floor: 1" in shown
    wrong = opened("do", "change-customer", "number=77", "custom_fields.door=12 A")
    assert wrong.code == 1 and "custom_fields.door '12 A': must match the pattern [0-9]{4}" in wrong.errors
    wrong = opened("do", "change-customer", "number=77", "custom_fields.floor=")
    assert wrong.code == 1 and "is required: Floor; it cannot be cleared" in wrong.errors

    for text, matched in (("1001", "custom_fields.door"), ("zhivkov", "name"), ("77", "number")):
        (hit,) = opened("find", text, "--json").json["items"]
        assert (hit["kind"], hit["number"], hit["matched"]) == ("customer", "77", matched)
    assert "Иван Живков" in opened("find", "zivkov").output
    assert "Nothing is found by this text." in opened("find", "nobody").output

"""Forgetting a customer from the command line: what is erased, what the law keeps, and what is shown afterwards."""

from __future__ import annotations

import pytest

from tests.adapters.cli.conftest import Billing

ENDED = """Nr,Name,Currency,Fee,Since,Until
1,Anna Kalniņa,EUR,20.00,2025-01-01,2025-03-01
2,Żaneta Nowak,EUR,30.00,2025-01-01,
"""
ORDER = ("--reason", "request under Article 17", "--ordered-by", "data protection officer")


@pytest.fixture
def settled(billing: Billing) -> Billing:
    """Anna was served for two months and has paid both invoices: 1000000001 and 1000000003, of 2025."""
    assert billing.bring_in(ENDED).code == 0
    billing.bill_on("2025-01-01", "2025-02-01")
    row = "bank,P1,2025-02-10,48.00,EUR,1,Anna Kalniņa"
    assert billing("payments", "import", billing.bank_file(row)).code == 0
    return billing


def test_it_is_said_what_is_erased_and_what_the_law_keeps_until_when(settled: Billing):
    ended = settled("forget", "1", *ORDER)

    assert ended.code == 0
    assert "Customer 1 is forgotten." in ended.output
    assert "who paid, and what they wrote, on account 1" in ended.output
    assert [line.split() for line in ended.output.splitlines() if line.startswith("  1")] == [
        ["1000000001", "2036-01-01"],
        ["1000000003", "2036-01-01"],
    ]
    again = settled("forget", "1", *ORDER)
    assert again.code == 0 and "nothing changed" in again.output and "1000000003  2036-01-01" in again.output


def test_programs_get_it_as_json(settled: Billing):
    told = settled("forget", "1", *ORDER, "--json").json
    kept = [{"document": number, "until": "2036-01-01"} for number in ("1000000001", "1000000003")]
    assert told["is_new"] is True and told["kept"] == kept and told["accounts"] == ["1"]
    assert settled("forget", "1", *ORDER, "--json").json == told | {"is_new": False}
    (listed,) = settled("customers", "--search", "1", "--json").json["customers"]
    assert listed["forgotten_on"] == told["forgotten_on"]
    assert listed["documents_kept_until"] == "2036-01-01"


def test_nothing_shows_the_name_any_more_but_the_print_of_a_kept_document(settled: Billing):
    assert settled("asof", "then", "--position", "12").code == 0
    asked = [
        ("customers",), ("customers", "--json"), ("customers", "--asof", "then"), ("account", "show", "1"),
        ("account", "show", "1", "--json"), ("audit",), ("audit", "--customer", "1", "--json"),
    ]  # fmt: skip
    assert all("Anna Kalniņa" in settled(*each).output for each in asked)

    settled("forget", "1", *ORDER)

    shown = [settled(*each) for each in asked]
    assert [ended.code for ended in shown] == [0] * len(asked)
    assert not any("Kalniņa" in ended.output for ended in shown)
    assert all("erased" in ended.output for ended in shown)
    assert "Anna Kalniņa" in settled("invoice", "show", "1000000001").output


def test_the_audit_says_who_ordered_it_and_why(settled: Billing):
    settled("--actor", "zane", "forget", "1", *ORDER)
    told = settled("audit", "--customer", "1", "--json").json["changes"][0]
    assert (told["event"], told["actor"]) == ("customer-forgotten", "zane")
    assert told["what"] == (
        "by order of data protection officer, because: request under Article 17; "
        "documents kept: 1000000001 until 2036-01-01, 1000000003 until 2036-01-01"
    )
    assert settled("forget", "2", "--reason", "x").code == 1  # Żaneta is still served.


def test_whoever_works_is_who_ordered_it_unless_said(settled: Billing):
    settled("--actor", "zane", "forget", "1", "--reason", "request under Article 17")
    assert "by order of zane" in settled("audit", "--customer", "1").output


def test_seals_sums_and_every_invariant_hold_afterwards(settled: Billing):
    key = str(settled.folder / "key")
    published = ("--published", str(settled.folder / "seals.jsonl"))
    assert settled("seal-key", key).code == 0 and settled("seal", "--key", key, "--now", *published).code == 0
    asked = [
        ("invoices", "--json"),
        ("account", "show", "2", "--json"),
        ("suspensions", "--on", "2025-06-01", "--json"),
    ]
    before = [settled(*each).json for each in asked]

    assert settled("forget", "1", *ORDER).code == 0

    assert settled("verify", "--key", f"{key}.pub", *published).code == 0
    assert [settled(*each, "--json").json for each in asked] == before
    assert settled("check", "--json").json["clean"]
    assert settled("rebuild").code == 0
    assert settled("check", "--json").json["clean"]


def test_document_keys_are_destroyed_when_their_date_has_come(settled: Billing):
    settled("forget", "1", *ORDER)
    assert "No customer has documents whose retention has ended" in settled("forget", "--due").output
    settled.execute("UPDATE billing.person_keys SET documents_kept_until = '2020-01-01' WHERE customer = '1'")
    assert settled("forget", "--due", "--json").json == {"customers": ["1"]}
    assert settled("forget", "--due", "--json").json == {"customers": []}
    assert "Kalniņa" not in settled("invoice", "show", "1000000001").output


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("9", *ORDER), 1, "customer number '9': no such customer"),
        (("2", *ORDER), 1, "subscription 'main': account 2 still has it on "),
        (("1", "--reason", "Anna Kalniņa asked"), 1, "reason 'Anna Kalniņa asked': names the customer"),
        (("1",), 2, "state the reason"),
        ((), 2, "name one customer, or use --due"),
        (("1", "--due"), 2, "name one customer, or use --due"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_erased(
    settled: Billing, arguments: tuple[str, ...], code: int, told: str
):
    with settled.nothing_written():
        ended = settled("forget", *arguments)
    assert ended.code == code
    assert told in " ".join(ended.errors.split())
    assert "Anna Kalniņa" in settled("customers").output


def test_a_database_whose_keys_are_lost_is_said_to_be_unusable(settled: Billing):
    settled.execute("TRUNCATE billing.person_keys")
    ended = settled("rebuild")
    assert ended.code == 3
    assert "restore the table billing.person_keys" in ended.complaint


SWAP = """
    UPDATE billing.person_keys AS one SET {key} = other.{key} FROM billing.person_keys AS other
    WHERE (one.customer, other.customer) IN (('1', '2'), ('2', '1'))
"""


@pytest.mark.parametrize(("key", "event"), [("personal_key", "account/1 8"), ("document_key", "customer/1 1")])
def test_a_customer_whose_key_was_swapped_is_named_by_the_check(settled: Billing, key: str, event: str):
    """Whoever paid is hidden under the personal key; only customer 1 has such data."""
    settled.execute(SWAP.format(key=key))

    ended = settled("check", "--json")
    assert ended.code == 1
    (finding,) = [each for each in ended.json["findings"] if each["offenders"]]
    assert finding["invariant"] == "every customer's keys open its personal data"
    assert finding["offenders"][0] == f"1: {event} was encrypted with another key, or was altered"
    assert [each.partition(":")[0] for each in finding["offenders"]] == ["1", "2"][: 1 + (key == "document_key")]

    settled.execute(SWAP.format(key=key))
    assert settled("check").code == 0

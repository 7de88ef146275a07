"""Files that are brought in, and brought in again."""

from __future__ import annotations

from tests.adapters.cli.conftest import SUBSCRIBERS, Billing


def test_the_same_subscribers_again_change_nothing(billing: Billing):
    first = billing.bring_in()
    assert (first.code, first.json["accepted"], first.json["unchanged"]) == (0, 3, 0)

    with billing.nothing_written(but="commands"):
        second = billing.bring_in()
    assert (second.code, second.json["accepted"], second.json["unchanged"]) == (0, 0, 3)

    third = billing.bring_in(SUBSCRIBERS + "4,Ola,EUR,10.00,2026-03-01,\n")
    assert (third.json["accepted"], third.json["unchanged"]) == (1, 3)


def test_another_content_under_a_known_number_is_rejected(opened: Billing):
    ended = opened.bring_in(SUBSCRIBERS.replace("Anna Kalniņa", "Anna Ozola"))

    assert ended.code == 1
    assert (ended.json["accepted"], ended.json["unchanged"]) == (0, 2)
    (row,) = ended.json["rejected"]
    assert (row["line"], row["field"], row["value"]) == (2, "Nr", "1")
    assert "another customer has this number" in row["reason"]


def test_the_same_payments_again_change_nothing(billed: Billing):
    file = str(billed.folder / "bank.csv")
    with billed.nothing_written():
        again = billed("payments", "import", file, "--json")

    assert (again.code, again.json["accepted"], again.json["unchanged"]) == (0, 0, 2)
    assert "2 known before" in billed("payments", "import", file).output


def test_a_banks_own_statement_is_imported_by_its_profile(billed: Billing):
    statement = (
        "accountId;2900000001\n\nID pohybu;Datum;Objem;Měna;Název protiúčtu;VS\n"
        "501;20.02.2026;36,00;EUR;Nowak;1000000002\n502;21.02.2026;-12,00;EUR;Fio;\n503;22.02.2026;5,00;EUR;Petrov;x\n"
    )
    file = billed.file("fio.csv", statement)

    ended = billed("payments", "import", file, "--profile", "fio-api", "--json")

    assert (ended.code, ended.json["accepted"], ended.json["skipped"], ended.json["waiting"]) == (0, 1, 1, 1)
    assert [row["payment_reference"] for row in billed("remittances", "--json").json["remittances"]] == ["x"]
    again = billed("payments", "import", file, "--profile", "fio-api")
    assert "0 payments imported, 2 known before" in again.output and "1 skipped" in again.output


def test_a_bank_profile_that_is_wrong_is_refused_before_any_row(billed: Billing):
    profile = billed.file("wrong.yaml", "name: wrong\ncolumns: {Id: refrence}\n")
    with billed.nothing_written():
        ended = billed("payments", "import", billed.bank_file(), "--profile", profile)

    assert ended.code == 1
    assert "wrong.yaml: line 2, columns.Id 'refrence': must be source, reference" in ended.complaint


def test_people_are_told_how_many_rows_were_taken(billing: Billing):
    file, profile = billing.file("s.csv", SUBSCRIBERS), billing.folder / "north.yaml"
    billing.bring_in()

    ended = billing("import", "customers", file, "--profile", str(profile))

    assert "0 subscribers imported, 3 known before, 0 rejected" in ended.output
    assert "3 rows in" in ended.errors

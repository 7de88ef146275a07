"""`billing catalogue`: what is exported can be imported, and an import never changes the past."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.adapters.cli.conftest import Billing

CATALOGUE = """\
products:
- code: internet
  name: Internet
- code: home
  name: Internet at home
  parent: internet
tariffs:
- code: calls
  currency: EUR
  components:
  - code: minutes
    kind: usage
    vat: '20'
    model: graduated
    tiers:
    - up_to: '100'
      unit: '0.05'
      flat: '1'
    - unit: '0.04'
- code: net
  name: Internet at home
  currency: EUR
  product: home
  prices_include_vat: true
  parameters:
  - code: user
    name: User name
  hold:
    least_days: 7
    most_days_a_year: 90
  components:
  - code: monthly
    kind: recurring
    vat: '20'
    prices:
    - price: '19.90'
    - price: '17.90'
      customer_class: business
    every: 2 weeks
    align: own
    proration: sliced
  - code: loyal
    kind: discount
    'on':
    - monthly
    percent: '10'
  revisions:
  - from: '2027-01-01'
    components:
    - code: monthly
      kind: recurring
      vat: '20'
      price: '21.90'
      every: 2 weeks
      align: own
      proration: sliced
"""


def outcomes(billing: Billing, text: str, *options: str) -> tuple[int, dict[str, str]]:
    ended = billing("catalogue", "import", billing.file("catalogue.yaml", text), "--json", *options)
    return ended.code, {entry["code"]: entry["outcome"] for entry in ended.json["entries"]}


def test_what_is_imported_is_exported_and_the_same_again_changes_nothing(billing: Billing, tmp_path: Path):
    assert outcomes(billing, CATALOGUE, "--dry-run") == (
        0, {"internet": "new", "home": "new", "calls": "new", "net": "new"}
    )  # fmt: skip
    assert billing("catalogue", "show").output.strip() == "The catalogue is empty. Publish a tariff or import a file."

    assert outcomes(billing, CATALOGUE)[0] == 0
    exported = tmp_path / "exported.yaml"
    assert billing("catalogue", "export", str(exported)).code == 0
    assert exported.read_text(encoding="utf-8") == CATALOGUE
    with billing.nothing_written():
        unchanged = {"internet": "unchanged", "home": "unchanged", "calls": "unchanged", "net": "unchanged"}
        assert outcomes(billing, CATALOGUE) == (0, unchanged)


TRANSLATED = f"""{CATALOGUE}translations:
- tariff: net
  language: cs
  texts:
    Internet at home: Internet doma
    User name: Uživatelské jméno
"""


def test_translations_come_with_the_catalogue_and_the_same_again_change_nothing(billing: Billing, tmp_path: Path):
    assert outcomes(billing, TRANSLATED, "--dry-run")[1]["net/cs"] == "new"
    assert outcomes(billing, TRANSLATED)[0] == 0
    exported = tmp_path / "exported.yaml"
    assert billing("catalogue", "export", str(exported)).code == 0
    assert exported.read_text(encoding="utf-8") == TRANSLATED
    with billing.nothing_written():
        assert outcomes(billing, TRANSLATED)[1]["net/cs"] == "unchanged"
    assert outcomes(billing, TRANSLATED.replace("Internet doma", "Domácí internet"))[1]["net/cs"] == "changed"
    code, refused = outcomes(billing, TRANSLATED.replace("User name: U", "Users: U"))
    assert (code, refused["net/cs"], refused["net"]) == (1, "refused", "unchanged")


def test_a_language_of_a_tariff_stands_once(billing: Billing):
    again = TRANSLATED + TRANSLATED.partition("translations:\n")[2]
    ended = billing("catalogue", "import", billing.file("catalogue.yaml", again))
    assert ended.code == 1 and "translations[1].language" in ended.complaint and "stands twice" in ended.complaint


def test_parents_may_stand_behind_their_children(billing: Billing):
    text = "products: [{code: c, parent: b}, {code: b, parent: a}, {code: a}]"

    assert outcomes(billing, text) == (0, {"a": "new", "b": "new", "c": "new"})
    assert [line.split() for line in billing("catalogue", "show").output.splitlines()] == [
        ["a:", "a"], ["b:", "b"], ["c:", "c"]
    ]  # fmt: skip


def test_the_tree_tells_what_each_component_costs_whom_and_from_when(billing: Billing):
    text = """
products: [{code: home, name: At home}]
tariffs:
- code: net
  name: Internet
  currency: EUR
  product: home
  parameters: [{code: speed, value: "100"}, {code: user}]
  components:
  - code: fee
    kind: recurring
    vat: "21"
    prices: [{price: "39.90", from: 2025-01-01}, {price: "29.90", from: 2025-01-01, customer_class: staff}]
    phases: [{periods: 1, price: "0"}, {periods: 2, price: "9.90"}]
  - {code: sports, kind: recurring, price: "5", every: 3 months, in: arrears, option: true, vat: "21"}
  - {code: together, kind: discount, on: [fee], percent: "10", billed_periods: 6, bundle: [tv]}
  - {code: early, kind: one-off, at: termination, price: "100", committed_months: 24, falls: true, instalments: 2}
  - {code: bound, kind: one-off, at: termination, price: "50", committed_months: 12, on_tariff_change: refuse}
  - {code: anew, kind: one-off, at: termination, price: "9", committed_months: 6, on_tariff_change: restart}
  - {code: move-down, kind: one-off, at: downgrade, price: "20"}
  - {code: least, kind: minimum, on: [sports], price: "4", every: 3 months}
  - {code: calls, kind: usage, model: unit, price: "0.05", allowance: {quantity: "60"}}
  - {code: data, kind: usage, model: unit, price: "1", allowance: {quantity: 10, carried_periods: 2, most_carried: 15}}
  revisions:
  - {from: 2030-01-01, components: [{code: fee, kind: recurring, price: "45"}]}
"""
    outcomes(billing, text)

    assert billing("catalogue", "show").output.splitlines() == [
        "home: At home",
        "  tariff net: Internet",
        "    fee 39.90 EUR from 2025-01-01, for staff 29.90 EUR from 2025-01-01, 0 in period 1, 9.90 in periods 2-3, "
        "21% VAT",
        "    sports 5 EUR, every 3 months, in arrears, as an option, 21% VAT",
        "    together: discount of 10 % on fee for 6 billed periods together with tv",
        "    early 100 EUR, at termination, within 24 months, declining by an equal part each month, in 2 instalments, "
        "0% VAT",
        "    bound 50 EUR, at termination, within 12 months, no change of tariff before their end, 0% VAT",
        "    anew 9 EUR, at termination, within 6 months, which begin anew with a change to this tariff, 0% VAT",
        "    move-down 20 EUR, at a downgrade, 0% VAT",
        "    least 4 EUR, every 3 months, minimum for sports, 0% VAT",
        "    calls usage, 60 included, 0% VAT",
        "    data usage, 10 included, unused ones carried over for 2 periods, at most 15, 0% VAT",
        "    revised from 2030-01-01",
        "      fee 45 EUR, 0% VAT",
        "    asks for user",
    ]


def test_a_new_revision_is_taken_and_a_product_moved(billing: Billing):
    outcomes(billing, CATALOGUE)
    listed = yaml.safe_load(CATALOGUE)
    listed["products"][1]["name"] = "At home"
    listed["tariffs"][0]["revisions"] = [{"from": "2027-06-01", "components": [MINUTES]}]

    assert outcomes(billing, yaml.safe_dump(listed)) == (
        0, {"internet": "unchanged", "home": "changed", "calls": "revised", "net": "unchanged"}
    )  # fmt: skip
    shown = billing("catalogue", "show").output
    assert "revised from 2027-06-01" in shown
    assert "home: At home" in shown


MINUTES = {"code": "minutes", "kind": "usage", "vat": "20", "unit": {"price": "0.03"}}


def test_what_would_change_the_past_is_refused_and_the_rest_is_brought_in(billing: Billing):
    outcomes(billing, CATALOGUE)
    listed = yaml.safe_load(CATALOGUE)
    listed["products"].append({"code": "tv"})
    listed["products"][0]["parent"] = "home"
    listed["tariffs"][0]["components"] = [MINUTES]
    del listed["tariffs"][1]["revisions"]

    ended = billing("catalogue", "import", billing.file("changed.yaml", yaml.safe_dump(listed)), "--json")

    assert ended.code == 1
    told = {entry["code"]: entry["detail"] for entry in ended.json["entries"] if entry["outcome"] == "refused"}
    assert set(told) == {"internet", "calls", "net"}
    assert "internet under home under internet" in told["internet"]
    assert "is published and cannot change" in told["calls"]
    assert "is revised from 2027-01-01 on" in told["net"]
    assert "tv" in billing("catalogue", "show").output


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("? {a: b}\n: c", "line 1, column 3: a key must be a single text"),
        ("products: [{code: a}, {code: a}]", "line 1, products[1].code: 'a': stands twice"),
        ("tariffs:\n- code: net\n  components: []\n", "line 3, tariffs[0].components: "),
        ("tariffs:\n- code: net\n  components: [{code: fee, kind: one-off, price: 1}]\n",
         "line 2, tariffs[0].currency: is missing"),
        ("prices: []", "line 1, prices: is not known here"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_catalogue_is_refused_with_line_and_place(billing: Billing, text: str, told: str):
    ended = billing("catalogue", "import", billing.file("catalogue.yaml", text))

    assert ended.code == 1
    assert told in ended.errors.replace("\n", "")


def test_a_long_catalogue_is_told_by_its_counts_and_its_first_entries(billing: Billing):
    listed = "products:\n" + "".join(f"  - {{code: p{n}, name: P{n}}}\n" for n in range(60))

    ended = billing("catalogue", "import", billing.file("long.yaml", listed), "--limit", "5")

    assert "Imported: 60 new" in ended.output
    assert "p4" in ended.output and "p5" not in ended.output
    assert "Catalogue: 60 entries in" in ended.errors
    assert "... and 55 more: use --limit to see them" in ended.errors


def test_products_that_are_each_below_another_one_are_refused_from_the_twentieth_level_on(billing: Billing):
    deep = "products:\n" + "".join(f"  - {{code: p{n}, name: P, parent: p{n - 1}}}\n" for n in range(3_000, 0, -1))

    ended = billing(
        "catalogue", "import", billing.file("deep.yaml", deep + "  - {code: p0, name: P}\n"), "--dry-run", "--json"
    )

    outcomes = {entry["code"]: entry["outcome"] for entry in ended.json["entries"]}
    assert [outcomes[f"p{n}"] for n in (0, 19, 20, 3_000)] == ["new", "new", "refused", "refused"]


def test_one_tariff_or_part_of_the_tree_is_shown(billing: Billing):
    outcomes(billing, CATALOGUE)

    assert yaml.safe_load(billing("catalogue", "show", "net").output) == yaml.safe_load(CATALOGUE)["tariffs"][1]
    home = billing("catalogue", "show", "home", "--json").json
    assert [product["code"] for product in home["products"]] == ["home"]
    assert [tariff["code"] for tariff in home["tariffs"]] == ["net"]
    assert billing("catalogue", "show", "radio").code == 1


def test_a_wrong_revision_is_withdrawn_and_a_tariff_closed_on_the_command_line(opened: Billing):
    file = opened.file(
        "again.json", '{"components": [{"code": "fee", "kind": "recurring", "vat": "20", "price": "21"}]}'
    )
    revised = ("do", "revise-tariff", "tariff=net", "from=2027-01-01", "--json", "--file", file)
    assert opened(*revised).code == 0
    assert "revised from 2027-01-01" in opened("catalogue", "show").output
    assert (
        opened("do", "replace-revision", "tariff=net", "from=2027-01-01", "--json", "--file", file).json["position"]
        == 0
    )
    assert opened("do", "withdraw-revision", "tariff=net", "from=2027-01-01").code == 0
    assert "revised from 2027-01-01" not in opened("catalogue", "show").output

    assert opened("do", "close-tariff", "tariff=net", "on=2026-05-01").code == 0
    assert "closed for new sale from 2026-05-01" in opened("catalogue", "show").output
    (net,) = [each for each in opened("catalogue", "show", "--json").json["tariffs"] if each["code"] == "net"]
    assert net["closed_from"] == "2026-05-01"
    said = [each["what"] for each in opened("audit", "--json", "--limit", "2").json["changes"]]
    assert said == [
        "tariff net is closed for new sale from 2026-05-01 on",
        "tariff net, revision from 2027-01-01 on: withdrawn",
    ]

"""The matching ladder: worked examples, and what must hold whatever comes in."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.money import Money
from billing_core.payments.matching import (
    Candidate,
    Key,
    MoneySigns,
    OpenItem,
    as_payer_account,
    decide,
    sought,
)
from billing_core.payments.matching_rules import EXACT, RUNGS, MatchingRules, TextPattern, require_matching_rules

FIRST = Candidate("104217-1", "S1", "CZK", (OpenItem("26005219", Decimal("461.30")),))
SECOND = Candidate("104217-2", "S1", "CZK")
OTHER = Candidate("104218-1", "S1", "CZK")
IN_EUROS = Candidate("104219-1", "S1", "EUR")
PAYER = "19-20004821/0800"
KNOWN = {
    Key("invoice", "26005219"): (FIRST,),
    Key("account", "104217-1"): (FIRST,),
    Key("account", "104218-1"): (OTHER,),
    Key("customer", "104217"): (FIRST, SECOND),
    Key("customer", "104218"): (OTHER,),
    Key("customer", "104219"): (IN_EUROS,),
    Key("payer-account", PAYER): (FIRST,),
}
ALL = MatchingRules(rungs=RUNGS, patterns=(TextPattern(pattern=r"smlouva\s+(\d{6})", finds="customer"),))


def said(**signs):
    amount = Money(Decimal(signs.pop("amount", "461.30")), "CZK")
    return MoneySigns(amount=amount, seller="S1", **signs)


def matched(rules=ALL, **signs):
    money = said(**signs)
    return decide(money, rules, {key: KNOWN[key] for key in sought(money, rules) if key in KNOWN})


@pytest.mark.parametrize(
    ("signs", "account", "rung"),
    [
        ({"payment_reference": "26005219"}, "104217-1", "invoice-number"),
        ({"payment_reference": "0026005219"}, "104217-1", "invoice-number"),
        ({"payment_reference": "104218-1"}, "104218-1", "account-number"),
        ({"payment_reference": "104218"}, "104218-1", "customer-number"),
        ({"creditor_reference": "RF90 2600 5219"}, "104217-1", "creditor-reference"),
        ({"payment_reference": "RF90 2600 5219"}, "104217-1", "creditor-reference"),
        ({"end_to_end": "26005219"}, "104217-1", "end-to-end-id"),
        ({"payer_account": "CZ32 0800 0000 1900 2000 4821"}, "104217-1", "payer-account"),
        ({"message": "platba SMLOUVA 104218, dekuji"}, "104218-1", "text"),
        ({"payment_reference": "104217"}, "104217-1", "customer-number"),
        ({"payment_reference": "104217", "amount": "5.00", "payer_account": PAYER}, "104217-1", "customer-number"),
        ({"payment_reference": "104218-1", "payer_account": PAYER}, "104218-1", "account-number"),
    ],
)
def test_money_finds_its_account(signs, account, rung):
    found = matched(**signs)

    assert (found.outcome, found.account, found.rung) == ("one", account, rung)


@pytest.mark.parametrize(
    ("signs", "outcome", "accounts"),
    [
        ({"payment_reference": "26005291"}, "nobody", ()),
        ({"creditor_reference": "RF91 2600 5219"}, "nobody", ()),
        ({"end_to_end": "NOTPROVIDED"}, "nobody", ()),
        ({"payment_reference": "104217", "amount": "5.00"}, "tie", ("104217-1", "104217-2")),
        ({"payment_reference": "26005219", "end_to_end": "104218-1"}, "doubt", ("104217-1", "104218-1")),
        ({"payer_account": PAYER, "message": "smlouva 104218"}, "doubt", ("104217-1", "104218-1")),
        ({"payment_reference": "104219"}, "doubt", ("104219-1",)),
    ],
)
def test_what_does_not_name_one_account_waits(signs, outcome, accounts):
    found = matched(**signs)

    assert (found.outcome, found.account, found.accounts) == (outcome, None, accounts)


def test_a_known_payer_who_names_another_customer_is_a_doubt_only_if_the_rules_say_so():
    careful = MatchingRules(rungs=ALL.rungs, patterns=ALL.patterns, doubts=("payer-account",))

    found = matched(careful, payment_reference="104218-1", payer_account=PAYER)

    assert found.outcome == "doubt"
    assert (
        found.why
        == "the reference is its number, but by another account the payer's bank account is known to pay for it"
    )


def test_the_usual_rules_look_at_no_text_and_no_amount():
    found = matched(MatchingRules(), payment_reference="104217", message="smlouva 104218")

    assert found.outcome == "tie"


def test_an_amount_that_is_open_on_two_items_of_an_account_decides_nothing():
    twice = FIRST._replace(open_items=(*FIRST.open_items, OpenItem("26005300", Decimal("461.30"))))

    found = decide(said(payment_reference="104217"), ALL, {Key("customer", "104217"): (twice, SECOND)})

    assert found.outcome == "tie"


def test_another_sellers_account_is_a_doubt():
    found = decide(
        said(payment_reference="104218-1"), ALL, {Key("account", "104218-1"): (OTHER._replace(seller="S2"),)}
    )

    assert found.outcome == "doubt"


def test_a_bank_account_has_one_form():
    written = ("CZ32 0800 0000 1900 2000 4821", "000019-20004821/0800", "19-0020004821/0800", PAYER)

    assert {as_payer_account(text) for text in written} == {PAYER}
    assert as_payer_account("000000-0000000123/0100") == as_payer_account("123/0100") == "123/0100"
    assert as_payer_account("de89 3704 0044 0532 0130 00") == "DE89370400440532013000"


# --- properties

ACCOUNTS = st.sampled_from(["A1", "A2", "A3"])
CANDIDATES = st.builds(
    Candidate, ACCOUNTS, st.sampled_from(["S1", "S1", "S2"]), st.sampled_from(["CZK", "CZK", "EUR"]),
    st.lists(st.builds(OpenItem, st.sampled_from(["1", "2"]), st.sampled_from([Decimal(5), Decimal(7)])), max_size=2)
    .map(tuple),
)  # fmt: skip
MONEY = st.builds(
    MoneySigns, amount=st.sampled_from([Money(Decimal(5), "CZK"), Money(Decimal(7), "CZK")]),
    seller=st.sampled_from(["S1", ""]),
    payment_reference=st.sampled_from(["", "11", "012", "RF90 2600 5219"]),
    end_to_end=st.sampled_from(["", "11", "13"]), payer_account=st.sampled_from(["", "1/0100"]),
    message=st.sampled_from(["", "smlouva 000012", "smlouva 000014 a smlouva 000015"]),
)  # fmt: skip
RULES = st.builds(
    MatchingRules, rungs=st.lists(st.sampled_from(RUNGS), min_size=1, unique=True).map(tuple),
    patterns=st.just(ALL.patterns), doubts=st.sets(st.sampled_from(["payer-account", "text"])).map(tuple),
)  # fmt: skip


@st.composite
def looked_up(draw):
    """Money, rules, and what a look-up of its keys found."""
    money, rules = draw(MONEY), draw(RULES)
    found = {key: draw(st.lists(CANDIDATES, max_size=3)) for key in sorted(sought(money, rules))}
    by_account = {each.account: each for candidates in found.values() for each in candidates}
    return money, rules, {key: [by_account[each.account] for each in candidates] for key, candidates in found.items()}


def named_by(rung, money, rules, found):
    alone = MatchingRules(rungs=(rung,), patterns=rules.patterns)
    return {each.account for key in sought(money, alone) for each in found.get(key, ())}


def without(rules, gone):
    rungs = tuple(rung for rung in rules.rungs if rung not in gone)
    return MatchingRules(rungs=rungs, patterns=rules.patterns, doubts=rules.doubts)


@given(looked_up(), st.randoms())
def test_the_order_of_candidates_never_matters(case, random):
    money, rules, found = case
    shuffled = list(found.items())
    random.shuffle(shuffled)

    assert decide(money, rules, {key: random.sample(each, len(each)) for key, each in shuffled}) == decide(*case)


@given(looked_up(), st.lists(CANDIDATES, min_size=1))
def test_what_was_looked_up_for_other_money_never_wins(case, decoys):
    money, rules, found = case
    others = {Key("invoice", "decoy"): decoys, Key("payer-account", "decoy"): decoys, Key("customer", "9"): decoys}

    assert decide(money, rules, {**others, **found}) == decide(*case)


@given(looked_up())
def test_an_account_is_one_that_a_key_names_in_the_currency_and_of_the_seller(case):
    money, _, found = case
    match = decide(*case)

    assert (match.account is None) == (match.outcome != "one")
    if match.account is not None:
        named = [each for candidates in found.values() for each in candidates if each.account == match.account]
        assert named
        assert all(each.currency == money.amount.currency and money.seller in ("", each.seller) for each in named)


@given(looked_up())
def test_no_reference_is_passed_over(case):
    money, rules, found = case
    match = decide(*case)

    for rung in EXACT & set(rules.rungs):
        named = named_by(rung, money, rules, found)
        if named and match.outcome == "one":
            assert match.account in named


@given(looked_up(), st.data())
def test_removing_a_rung_never_turns_a_wait_into_a_payment_that_the_first_rung_did_not_name(case, data):
    """A tie may be decided otherwise with fewer rungs, but never for an account outside of it."""
    money, rules, found = case
    match = decide(*case)
    if match.rung is None or match.rung == rules.rungs[-1]:
        return
    later = rules.rungs[rules.rungs.index(match.rung) + 1 :]
    gone = data.draw(st.sampled_from(later))

    fewer = decide(money, without(rules, {gone}), found)

    assert fewer.outcome != "nobody"
    if fewer.account is not None:
        assert fewer.account in named_by(match.rung, money, rules, found)
        assert match.outcome != "tie" or fewer.account in match.accounts


@given(looked_up())
def test_a_rung_that_names_nobody_changes_nothing(case):
    money, rules, found = case
    silent = {rung for rung in rules.rungs if rung != "open-amount" and not named_by(rung, money, rules, found)}

    fewer = without(rules, silent)

    assert decide(money, fewer, found) == decide(*case)


# --- which rules make sense


def _text(pattern):
    return MatchingRules(rungs=("text",), patterns=(TextPattern(pattern=pattern, finds="invoice"),))


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        (MatchingRules(rungs=()), "name at least one"),
        (MatchingRules(rungs=("account-number", "account-number")), "stands there twice"),
        (MatchingRules(rungs=("open-amount",)), "cannot be the first"),
        (MatchingRules(rungs=("text",)), "needed by the rung text"),
        (MatchingRules(patterns=(TextPattern(pattern="a", finds="invoice"),)), "needed by the rung text"),
        (_text("(a"), "no regular expression"),
        (_text("(a+)+b"), "may take for ever"),
        (_text("a*"), "matches an empty text"),
        (MatchingRules(doubts=("account-number",)), "must be payer-account or text"),
    ],
)
def test_rules_that_make_no_sense_are_refused(rules, reason):
    with pytest.raises(InvalidValue, match=re.escape(reason)):
        require_matching_rules(rules)


def test_the_usual_rules_make_sense():
    require_matching_rules(MatchingRules())

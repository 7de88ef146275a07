"""Forms that correct: each shows the credits and charges before it is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from adapters.pages.forms import Amounted, Effect, Field, Form, says, to
from adapters.pages.page import N_
from adapters.pages.visit import Visit
from commands.corrections.account import CorrectAccount
from commands.corrections.payment import MovePayment

ACCOUNT_LOG = "/log?stream=account/{account}"
OF_CORRECTION = ("subscription", "on_tariff", "activated_on", "from", "to", "tariff", "prices", "vat", "unpriced_usage")
DOCUMENTS = {
    "credit-note": N_("Credit note"), "invoice": N_("Invoice"), "opened": N_("Invoice open again"),
    "settled": N_("Invoice settled"),
}  # fmt: skip


def _as_list(visit: Visit, words: dict[str, Any]) -> dict[str, Any]:
    """One correction as the list that the command takes."""
    correction = {name: words[name] for name in OF_CORRECTION if name in words}
    kept = {name: value for name, value in words.items() if name not in OF_CORRECTION}
    return kept | {"corrections": [correction]}


def _effect_of(command: type) -> Any:
    def effect(visit: Visit, words: Mapping[str, Any]) -> Effect:
        done = visit.carry_out(command, words, dry_run=True)
        if done.is_waiting:
            return Effect(visit.translated(N_("It waits for a second person, who sees what it would do.")))
        return _shown(visit, done.result)

    return effect


def _shown(visit: Visit, result: Mapping[str, Any]) -> Effect:
    """The amounts and documents of each account that it touches."""
    accounts = result.get("accounts", ())
    lines = [line for account in accounts for line in _of_account(visit, account, is_one=len(accounts) == 1)]
    headline = N_("It changes these amounts") if lines else N_("It changes no amount")
    return Effect(visit.translated(headline), tuple(lines))


def _of_account(visit: Visit, account: Mapping[str, Any], *, is_one: bool) -> Iterator[Amounted]:
    say, how = visit.translated, "" if is_one else account["account"]
    for name, label in (("credited", N_("Credited")), ("charged", N_("Charged")), ("moved", N_("Moved"))):
        if _is_something(account[name]):
            yield Amounted(say(label), how, _written(account[name]))
    for document in account["documents"]:
        corrects = f"{say(N_('for invoice'))} {document['corrects']}" if document["corrects"] else how
        what = f"{say(DOCUMENTS[document['what']])} {document['number']}".strip()
        yield Amounted(what, corrects, _written(document["amount"]))


def _is_something(amount: Mapping[str, str]) -> bool:
    return bool(amount["amount"].strip("-0."))


def _written(amount: Mapping[str, str]) -> str:
    """An amount of a result with its sign."""
    plus = "" if amount["amount"].startswith("-") else "+"
    return f"{plus}{amount['amount']} {amount['currency']}".replace("-", "\N{MINUS SIGN}")


REASON = Field("reason", N_("Reason"), hint=N_("It stands on the documents and in the LOG"), is_required=True)
FORMS = (
    Form(
        "/accounts/{account}/correct", CorrectAccount, N_("Correct the account"), N_("Correct it"),
        (
            Field("subscription", N_("Service"), hint=N_("Its code on the account"), width=6),
            Field("on_tariff", N_("Or every service on the tariff"), width=6),
            Field("activated_on", N_("Right day of activation"), "day", width=4),
            Field("from", N_("Or right from"), "day", width=4),
            Field("to", N_("Until, without this day"), "day", width=4),
            Field("tariff", N_("Right tariff"), width=4),
            Field("prices", N_("Right prices"), "pairs", hint=N_("As fee = 19.90, one on each line"), width=4),
            Field("vat", N_("Right VAT rates"), "pairs", hint=N_("As fee = 10, one on each line"), width=4),
            REASON,
        ),
        then=to(ACCOUNT_LOG), back=to(ACCOUNT_LOG), done=says(N_("The account is corrected.")),
        adds=_as_list, effect=_effect_of(CorrectAccount), about=lambda visit: visit.path["account"],
    ),
    Form(
        "/payments/{payment}/move", MovePayment, N_("Move the payment"), N_("Move the payment"),
        (
            Field("from_account", N_("From the account"), is_required=True, width=6),
            Field("to_account", N_("To the account"), is_required=True, width=6),
            REASON,
        ),
        then=lambda visit, done: f"/log?stream=account/{quote(visit.first('to_account').strip())}",
        back=to("/corrections"), done=says(N_("The payment is moved; both accounts keep the fact.")),
        begins=lambda visit: {"from_account": visit.query.get("of", "")},
        effect=_effect_of(MovePayment), about=lambda visit: visit.path["payment"],
    ),
)  # fmt: skip

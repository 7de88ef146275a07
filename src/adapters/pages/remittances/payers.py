"""The bank accounts that are known to pay for an account."""

from __future__ import annotations

from urllib.parse import quote

from adapters.pages.forms import Field, Form, says, to
from adapters.pages.lists import Act, Column, List
from adapters.pages.page import N_
from adapters.views.remittances import ListPayerAccounts
from commands.payments.payer_accounts import ForgetPayerAccount, LearnPayerAccount
from projections.remittances.payers import PayerAccountRow

PAYERS = "/accounts/{account}/payer-accounts"


def _forget(row: PayerAccountRow) -> str:
    payer = quote(row.payer_account, safe="")
    return f"/accounts/{quote(row.account, safe='')}/payer-accounts/forget?payer_account={payer}"


LISTS = (
    List(
        PAYERS, ListPayerAccounts, N_("Bank accounts that pay for it"),
        (
            Column(N_("Bank account"), lambda row: row.payer_account, "code"),
            Column(N_("Known since"), lambda row: row.learnt_on, "day"),
        ),
        actions=(Act(N_("Add a bank account"), lambda visit: f"{to(PAYERS)(visit)}/new", LearnPayerAccount, "n"),),
        row_actions=(Act(N_("Forget"), _forget, ForgetPayerAccount),),
        empty=N_("None is known. One is learnt as money is assigned."),
    ),
)  # fmt: skip
FORMS = (
    Form(
        f"{PAYERS}/new", LearnPayerAccount, N_("Add a bank account"), N_("Add it"),
        (Field("payer_account", N_("Bank account"), is_required=True),),
        then=to(PAYERS), back=to(PAYERS), about=lambda visit: visit.path["account"],
        done=says(N_("Money from this bank account is for this account from now on.")),
    ),
    Form(
        f"{PAYERS}/forget", ForgetPayerAccount, N_("Forget a bank account"), N_("Forget it"),
        (Field("payer_account", N_("Bank account"), is_required=True),),
        then=to(PAYERS), back=to(PAYERS), about=lambda visit: visit.path["account"],
        done=says(N_("The bank account is forgotten.")),
    ),
)  # fmt: skip

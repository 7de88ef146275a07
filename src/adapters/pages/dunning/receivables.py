"""Receivables by their age, and who paid after which step."""

from __future__ import annotations

from adapters.pages.dunning.around import LISTED, PLACES
from adapters.pages.forms import Field
from adapters.pages.lists import Act, Column, List
from adapters.pages.page import N_
from adapters.pages.sellers import sellers
from adapters.views.dunning.receivables import ListReceivables, ShowReceivables
from adapters.views.dunning.steps import ShowDunningFunnel

OF_SELLERS = "/dunning/receivables/totals"
TOTALS = Act(N_("Totals"), OF_SELLERS, ShowReceivables)
FILTERS = (Field("on", N_("On"), "day"), Field("seller", N_("Seller"), "choice", choices=sellers))
AGES = (
    Column(N_("Not due"), lambda row: row.ages.not_due, "amount"),
    Column(N_("1 to 30 days"), lambda row: row.ages.days_1_to_30, "amount"),
    Column(N_("31 to 60"), lambda row: row.ages.days_31_to_60, "amount"),
    Column(N_("61 to 90"), lambda row: row.ages.days_61_to_90, "amount"),
    Column(N_("91 to 180"), lambda row: row.ages.days_91_to_180, "amount"),
    Column(N_("Older"), lambda row: row.ages.older, "amount"),
    Column(N_("Total"), lambda row: row.total, "amount"),
)

# fmt: off
LISTS = (
    List(
        "/dunning/receivables", ListReceivables, N_("Receivables by age"),
        (
            Column(N_("Customer"), lambda row: row.name, link=lambda row: f"/customers/{row.customer}"),
            Column(N_("Account"), lambda row: row.account, link=lambda row: f"/accounts/{row.account}/debtor"),
            Column(N_("Currency"), lambda row: row.total.currency), *AGES,
        ),
        filters=FILTERS, views=LISTED, actions=(TOTALS, *PLACES), empty=N_("Nothing is open on this day."),
    ),
    List(
        OF_SELLERS, ShowReceivables, N_("Receivables of each seller"),
        (
            Column(N_("Seller"), lambda row: row.seller), Column(N_("Currency"), lambda row: row.currency),
            Column(N_("Accounts"), lambda row: row.accounts, "count"), *AGES,
        ),
        filters=FILTERS, views=LISTED, actions=PLACES, items=lambda rows: rows,
        empty=N_("Nothing is open on this day."),
    ),
    List(
        "/dunning/funnel", ShowDunningFunnel, N_("Who paid after a step"),
        (
            Column(N_("Month"), lambda row: f"{row.month:%Y-%m}"),
            Column(N_("Step"), lambda row: row.step, below=lambda row: row.policy),
            Column(N_("Accounts"), lambda row: row.accounts, "count"),
            Column(N_("Invoices"), lambda row: row.items, "count"),
            Column(N_("Currency"), lambda row: row.amount.currency),
            Column(N_("Open then"), lambda row: row.amount, "amount"),
            Column(N_("Paid in 3 days"), lambda row: row.paid_within_3_days, "count"),
            Column(N_("In 7"), lambda row: row.paid_within_7_days, "count"),
            Column(N_("In 14"), lambda row: row.paid_within_14_days, "count"),
            Column(N_("In 30"), lambda row: row.paid_within_30_days, "count"),
            Column(N_("Before the next step"), lambda row: row.paid_before_next, "count"),
        ),
        filters=(Field("since", N_("From"), "day"), Field("until", N_("Up to"), "day"),
                 Field("policy", N_("Policy"))),
        views=LISTED, actions=PLACES, items=lambda rows: rows,
        empty=N_("No step was taken in this time."),
    ),
)
# fmt: on

"""The same question has the same answer from the sums in PostgreSQL and from the archived rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import get_args

import pytest

from adapters.bootstrap.usage_retention import archive_month
from adapters.files.usage_parquet import archived_traffic
from billing_core.dealers import Dealer
from commands.dealers import RegisterDealer
from commands.parties import AssignCustomer
from commands.services.terms import ChangeTariff
from projections.usage.traffic import Asked, Every, TrafficBy, TrafficRow, traffic, values_of_subscriptions
from tests.operators import Operator, application, database_url, operator
from tests.projections.usage.rows import PRAGUE, call, session, write_rows

__all__ = ["application", "database_url", "operator"]

DAYS = date(2026, 9, 20), date(2026, 11, 1)
QUESTIONS = list(product(get_args(TrafficBy), get_args(Every)))
PRODUCTS = {"net": "internet", "fast": "fibre"}


@pytest.fixture
def archived(operator: Operator, tmp_path: Path) -> tuple[Operator, Path]:
    """Calls and data of three subscribers every 7 hours from 15 September on, over the night of 25 October.

    One belongs to a dealer, and one changes its tariff on 10 October.
    """
    operator.subscribers(3)
    operator.publish("fast", "30.00")
    operator.tell(RegisterDealer(dealer=Dealer(code="east", name="East")))
    operator.tell(AssignCustomer(customer="A0002", dealer="east"))
    operator.tell(ChangeTariff(account="A0001", subscription="main", tariff="fast", on=date(2026, 10, 10)))
    rows = []
    at = datetime(2026, 9, 15, tzinfo=PRAGUE)
    while at < datetime(2026, 10, 31, tzinfo=PRAGUE):
        account = f"A000{at.day % 3 + 1}"
        rows.append(call(at.isoformat(), at.hour * 7, account=account, network=f"trunk{at.day % 2}"))
        rows.append(session(at.isoformat(), at.day * 1_000, at.hour, account=account, quantity=1_500_000))
        at = (at.astimezone(UTC) + timedelta(hours=7)).astimezone(PRAGUE)
    write_rows(operator.database_url, rows)
    for month in ("2026-09", "2026-10"):
        archive_month(operator.application, month, tmp_path)
    return operator, tmp_path


def test_every_question_has_the_same_answer_from_sums_and_from_the_archive(archived: tuple[Operator, Path]):
    operator, folder = archived
    answers: dict[tuple[str, str], list[TrafficRow]] = {}
    for by, every in QUESTIONS:
        asked = Asked(by, every, *DAYS, products=PRODUCTS)
        answers[by, every] = operator.ask(traffic, asked)
        assert archived_traffic(folder, asked, operator.ask(values_of_subscriptions, asked)) == answers[by, every]

    assert [row.of for row in answers["product", "all"]] == ["fibre", "internet"]
    assert [row.of for row in answers["dealer", "all"]] == ["", "east"]
    assert len({row.hour_at for row in answers["all", "hour"]}) > 100
    (whole,) = answers["all", "all"]
    assert whole.records == sum(row.records for row in answers["subscriber", "day"]) > 250


def test_a_question_about_one_value_kind_and_account_is_narrowed_alike(archived: tuple[Operator, Path]):
    operator, folder = archived
    asked = Asked("network", "day", *DAYS, of="trunk1", kind="call", account="A0002")
    expected = operator.ask(traffic, asked)

    assert archived_traffic(folder, asked, []) == expected
    assert expected and {row.of for row in expected} == {"trunk1"}

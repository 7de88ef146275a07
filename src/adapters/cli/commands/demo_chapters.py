"""What the chapters of the demo share: the year that is played, headings, running text, answers."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from adapters.bootstrap.application import Application
from adapters.cli import ask
from adapters.cli.show import console, tell
from adapters.cli.struct_fields import filled, values_given
from adapters.demo.year import DemoYear
from adapters.views.query import Reading, queries

WIDTH = 100


class Chapters:
    """The year of a made-up operator, told in chapters that are numbered as they are told."""

    def __init__(self, app: Application, database: Path, documents: Path, subscribers: int) -> None:
        self._app = app
        self._database = database
        self._documents_folder = documents
        self._year = DemoYear(app, subscribers)
        self._chapter = 0

    def _heading(self, title: str) -> None:
        self._chapter += 1
        tell(f"\n{self._chapter}. {title}\n", "bold")

    def _answer(self, today: date, words: str) -> Any:
        """The answer of a day to a question, which is shown as it is typed."""
        name, *fields = words.split()
        tell(f"\nbilling ask {words}", "bold")
        query = filled(ask.queries_by_name()[name], values_given(fields, None))
        return queries()[type(query)](query, Reading(self._app, self._app.queries, today))

    def _caller(self) -> str:
        """An account that is billed on the first of the month, and is not the one that was explained."""
        explained = {self._year.chosen().account.number, self._year.another().account.number}
        return next(
            each.account.number for each in self._year.subscribers
            if each.account.number not in explained and each.account.plan.billing_day == 1
            and each.subscription.terminated_on is None
        )  # fmt: skip


def paragraph(text: str) -> None:
    """Running text, broken at words."""
    from textwrap import wrap

    for line in wrap(text, min(WIDTH, console().width)):
        tell(line)
    tell()

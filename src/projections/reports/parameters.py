"""What a report is asked for: texts become values, and what is left out gets its default.

On 11 June 2026, of a report with `from` (default month-begin), `to` (default tomorrow) and `method`:

    from=2026-05-01          from 1 May 2026, to 12 June 2026, any method
    method=cash              from 1 June 2026, to 12 June 2026, cash alone
    method=(none)            from 1 June 2026, to 12 June 2026, what has no method
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from billing_core.kernel.errors import InvalidValue
from projections.reports.answers import EMPTY, Value
from projections.reports.definition import Parameter, Report

ONE_DAY = timedelta(days=1)
COUNT, AMOUNT = re.compile(r"-?[0-9]{1,18}"), re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,10})?")


def values_of(report: Report, given: Mapping[str, str], today: date) -> dict[str, Value]:
    """A value for each parameter, None if it does not matter; and `today`."""
    for name in given:
        if report.parameter(name) not in report.asked_for:
            known = ", ".join(parameter.name for parameter in report.asked_for) or "nothing"
            raise InvalidValue(f"report {report.name} is asked for {known}", field="parameter", value=name)
    values: dict[str, Value] = {"today": today}
    for parameter in report.parameters:
        text = parameter.fixed or given.get(parameter.name, "").strip() or parameter.default
        values[parameter.name] = value_of(parameter, text, today) if text else None
    return values


def value_of(parameter: Parameter, text: str, today: date) -> Value:
    """One value, checked by the kind of the parameter; a number is one that the database can hold."""
    try:
        match parameter.kind:
            case "day":
                return day_of(text, today)
            case "count":
                return int(_written_as(COUNT, text))
            case "amount":
                return Decimal(_written_as(AMOUNT, text))
    except ValueError:
        expected = {"day": "a day such as 2026-06-11", "count": "a whole number", "amount": "an amount such as 10.00"}
        message = f"must be {expected[parameter.kind]}"
        raise InvalidValue(message, field=parameter.name, value=text) from None
    if text == EMPTY and parameter.kind != "choice":
        return ""
    if "\0" in text:
        raise InvalidValue("must not hold control characters", field=parameter.name, value=text)
    if parameter.kind == "choice" and text not in parameter.choices:
        raise InvalidValue(f"must be one of {', '.join(parameter.choices)}", field=parameter.name, value=text)
    return text


def _written_as(form: re.Pattern[str], text: str) -> str:
    if form.fullmatch(text) is None:
        raise ValueError(text)
    return text


def day_of(text: str, today: date) -> date:
    """A day, as it is written or by a word of `DayWord`. A month ago is the same day of that month, or its last one.

    After-month-ago ends the days of that month up to it.
    """
    month = today.replace(day=1)
    next_month = (month + timedelta(days=31)).replace(day=1)
    last_month = (month - ONE_DAY).replace(day=1)
    month_ago = min(last_month.replace(day=1) + timedelta(days=today.day - 1), month - ONE_DAY)
    words = {
        "today": today, "tomorrow": today + ONE_DAY, "month-begin": month, "next-month-begin": next_month,
        "last-month-begin": last_month, "year-begin": today.replace(month=1, day=1),
        "last-year-begin": date(today.year - 1, 1, 1),
        "month-ago": month_ago, "after-month-ago": month_ago + ONE_DAY,
        "year-ago": today.replace(year=today.year - 1, day=28 if (today.month, today.day) == (2, 29) else today.day),
    }  # fmt: skip
    return words[text] if text in words else date.fromisoformat(text)

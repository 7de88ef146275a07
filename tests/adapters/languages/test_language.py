"""Dates, numbers and amounts as each language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Environment
from markupsafe import Markup

from adapters.languages.language import language_of
from adapters.languages.templates import speak
from billing_core.kernel.languages import LANGUAGES
from billing_core.kernel.money import Money

DAY = date(2026, 4, 5)


@pytest.mark.parametrize(
    ("code", "day", "month", "amount", "percent"),
    [
        ("en", "5 Apr 2026", "April 2026", "−1,234.50\u00a0CZK", "21%"),
        ("cs", "5. 4. 2026", "duben 2026", "−1\u00a0234,50\u00a0CZK", "21\u00a0%"),
        ("bg", "5.04.2026\u202fг.", "април 2026\u202fг.", "−1\u00a0234,50\u00a0CZK", "21%"),
        ("hy", "05 ապր, 2026 թ.", "2026 թ․ ապրիլ", "−1\u00a0234,50\u00a0CZK", "21%"),
        ("ru", "5 апр. 2026\u202fг.", "апрель 2026\u202fг.", "−1\u00a0234,50\u00a0CZK", "21\u00a0%"),
    ],
)
def test_a_language_writes_days_and_amounts_in_its_own_way(code, day, month, amount, percent):
    language = language_of(code)
    assert language.date(DAY) == day
    assert language.month(DAY) == month
    assert language.money(Money(Decimal("-1234.50"), "CZK")) == amount
    assert language.percent(Decimal("21.00")) == percent


def test_a_period_has_its_last_day_included():
    written = [language_of(code).period(date(2026, 3, 1), date(2026, 4, 1)) for code in LANGUAGES]
    assert written == [
        "1–31 Mar 2026",
        "1.–31. 3. 2026",
        "1.03 – 31.03.2026\u202fг.",
        "01–31 մրտ, 2026 թ.",
        "1–31 мар. 2026\u202fг.",
    ]


def test_a_moment_is_that_of_its_zone():
    at = datetime(2026, 4, 5, 13, 3, tzinfo=UTC)
    assert language_of("en").moment(at, ZoneInfo("Europe/Prague")) == "5 Apr 2026, 15:03"
    assert language_of("cs").moment(at, ZoneInfo("Europe/Prague")) == "5. 4. 2026 15:03"


def test_an_amount_has_the_decimals_of_its_currency():
    english = language_of("en")
    assert english.amount(Money(Decimal("1500"), "JPY")) == "1,500"
    assert english.amount(Money(Decimal("0.05"), "AMD")) == "0.05"
    assert english.unit_price(Decimal("0.00125"), "EUR") == "0.00125"
    assert english.unit_price(Decimal("-2"), "EUR") == "−2.00"


def test_a_text_takes_its_values_and_the_form_of_its_number():
    english = language_of("en")
    assert english.gettext("Paid by %(name)s", name="Иван") == "Paid by Иван"
    assert [english.ngettext("%(num)s day", "%(num)s days", num) for num in (1, 1200)] == ["1 day", "1,200 days"]
    assert english.pgettext("a door", "Open") == "Open"


def test_languages_call_themselves():
    assert [language_of(code).name for code in LANGUAGES] == ["English", "čeština", "български", "հայերեն", "русский"]


@pytest.mark.parametrize(
    ("code", "day", "length"),
    [
        ("en", "5 April 2026", "3 months"),
        ("cs", "5. dubna 2026", "3 měsíce"),
        ("bg", "5 април 2026\u202fг.", "3 месеца"),
        ("hy", "05 ապրիլի, 2026 թ.", "3 ամիս"),
        ("ru", "5 апреля 2026\u202fг.", "3 месяца"),
    ],
)
def test_a_customer_reads_days_and_periods_in_full(code, day, length):
    language = language_of(code)
    assert language.long_date(DAY).replace("\u00a0", " ") == day
    assert language.length("3 months").replace("\u00a0", " ") == length


def test_what_is_added_has_a_plus_and_what_is_taken_off_a_minus():
    moved = language_of("cs").moved
    amounts = [moved(Money(Decimal(amount), "CZK")) for amount in ("200.00", "-200.00", "0.00")]
    assert amounts == ["+200,00", "−200,00", "0,00"]


def test_a_sentence_that_ends_with_a_year_has_one_full_stop_also_if_the_day_is_marked_up() -> None:
    for code, year in (("bg", "април 2026 г."), ("ru", "апреля 2026 г.")):
        written, environment = language_of(code), Environment(autoescape=True)
        speak(environment, code)
        said = written.gettext("From today, or from %(day)s.", day=written.long_date(DAY))
        assert said.replace("\u202f", " ").endswith(year) and ".." not in said
        template = '{{ _("From today, or from %(day)s.", day=day) }} {{ _("a < %(day)s.", day="<b>") }}'
        shown = environment.from_string(template).render(day=Markup(f"<time>{written.long_date(DAY)}</time>"))
        assert shown.replace("\u202f", " ").endswith(f"{year}</time> a &lt; &lt;b&gt;.")
    english = language_of("en")
    assert english.gettext("From today, or from %(day)s.", day=english.long_date(DAY)).endswith("April 2026.")

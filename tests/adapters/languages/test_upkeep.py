"""Texts found in modules and templates, and catalogues that lack one, have one too many or are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import PoFileError
from jinja2 import DictLoader, Environment, TemplateSyntaxError

from adapters.languages.sources import marked_texts
from adapters.languages.templates import speak
from adapters.languages.upkeep import bring_up_to_date, problems

TEMPLATE = """
{{ _("Balance") }}
{% trans day=on %}
  Paid until
  {{ day }}
{% endtrans %}
{% trans count=days %}{{ count }} day{% pluralize %}{{ count }} days{% endtrans %}
{{ pgettext("a door", "Open") }}
"""


@pytest.fixture
def source(tmp_path):
    """A room of pages with an area for customers, one of the back office and a frame; and a printed document."""
    for name, content in {
        "adapters/pages/self_care/home.html": TEMPLATE,
        "adapters/pages/billing/desk.py": 'TITLE = N_("Billing desk")\nsay = language.gettext("Balance")\n',
        "adapters/pages/menu.py": 'SEARCH = N_("Search")\n',
        "adapters/documents/words.py": 'title = language.ngettext("%(num)s line", "%(num)s lines", count)\n',
    }.items():
        file = tmp_path / "src" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return tmp_path / "src"


@pytest.fixture
def catalogues(tmp_path, source):
    """The catalogues of these sources with nothing translated."""
    folder = tmp_path / "catalogues"
    bring_up_to_date(marked_texts(source), folder)
    return folder


def test_texts_are_found_by_the_folder_in_which_they_stand(source):
    marked = marked_texts(source)
    texts = {area: {message.id for message in catalog if message.id} for area, catalog in marked.items()}
    assert texts == {
        "self_care": {"Balance", "Paid until %(day)s", ("%(count)s day", "%(count)s days"), "Open"},
        "billing": {"Billing desk", "Balance"},
        "frame": {"Search"},
        "printed": {("%(num)s line", "%(num)s lines")},
    }
    assert {message.context for message in marked["self_care"] if message.id == "Open"} == {"a door"}


def test_a_template_with_a_mistake_is_refused_rather_than_without_texts(source):
    (source / "adapters/pages/self_care/home.html").write_text('{% if %}{{ _("Balance") }}')
    with pytest.raises(TemplateSyntaxError):
        marked_texts(source)


def test_each_area_has_a_file_in_the_languages_that_it_needs(catalogues):
    files = {path.relative_to(catalogues).as_posix() for path in catalogues.rglob("*.po")}
    expected = {f"{code}/{area}.po" for code in ("cs", "bg", "hy", "ru") for area in ("self_care", "printed", "frame")}
    assert files == expected | {"cs/billing.po"}


def test_a_new_text_must_be_translated(source, catalogues):
    assert "cs/frame.po: 'Search' is not translated" in problems(marked_texts(source), catalogues)
    (source / "adapters/pages/menu.py").write_text('_("Search")\n_("Customers")\n')
    assert "cs/frame.po: 'Customers' is missing" in problems(marked_texts(source), catalogues)


def test_a_text_that_is_gone_leaves_the_catalogue(source, catalogues):
    (source / "adapters/pages/menu.py").write_text('_("Find")\n')
    marked = marked_texts(source)
    assert "cs/frame.po: 'Search' is not used any more" in problems(marked, catalogues)
    bring_up_to_date(marked, catalogues)
    assert "Search" not in (catalogues / "cs/frame.po").read_text()
    (source / "adapters/pages/menu.py").unlink()
    bring_up_to_date(marked_texts(source), catalogues)
    assert not (catalogues / "cs/frame.po").exists()


def test_translations_stay_when_texts_are_added_and_another_area_gets_the_same(source, catalogues):
    translate(catalogues / "cs/self_care.po", "Balance", "Zůstatek")
    (source / "adapters/pages/menu.py").write_text('_("Search")\n_("Balance")\n')
    bring_up_to_date(marked_texts(source), catalogues)
    for area in ("self_care", "frame", "billing"):
        assert 'msgstr "Zůstatek"' in (catalogues / f"cs/{area}.po").read_text()


def test_bringing_them_up_to_date_twice_changes_nothing(source, catalogues):
    before = {file: file.read_bytes() for file in catalogues.rglob("*.po")}
    bring_up_to_date(marked_texts(source), catalogues)
    assert {file: file.read_bytes() for file in catalogues.rglob("*.po")} == before


@pytest.mark.parametrize(
    ("text", "translation", "problem"),
    [
        ("Paid until %(day)s", "Zaplaceno", "'Zaplaceno' leaves out %(day)s"),
        ("Paid until %(day)s", "Zaplaceno do %(day)s za %(sum)s", "names unknown values: %(sum)s"),
        ("Balance", "Zůstatek %(sum)s", "names unknown values: %(sum)s"),
    ],
)
def test_a_translation_has_the_values_of_its_text(source, catalogues, text, translation, problem):
    translate(catalogues / "cs/self_care.po", text, translation)
    assert any(problem in line for line in problems(marked_texts(source), catalogues))


def test_a_plural_has_as_many_forms_as_the_language(source, catalogues):
    file = catalogues / "cs/printed.po"
    text = file.read_text()
    assert text.count("msgstr[") == 3
    forms = 'msgstr[0] "řádek"\nmsgstr[1] "%(num)s řádky"\nmsgstr[2] "%(num)s řádků"\n'
    file.write_text(text.partition("msgstr[0]")[0] + forms)
    assert [line for line in problems(marked_texts(source), catalogues) if line.startswith("cs/printed")] == []
    file.write_text(text.partition("msgstr[0]")[0] + forms.replace("%(num)s řádků", "řádků"))
    assert any("'řádků' leaves out %(num)s" in line for line in problems(marked_texts(source), catalogues))
    file.write_text(text.partition("msgstr[0]")[0] + forms.rpartition("msgstr")[0])
    assert any("line" in line and "not translated" in line for line in problems(marked_texts(source), catalogues))
    file.write_text(f'{text.partition("msgstr[0]")[0]}{forms}msgstr[3] "%(num)s"\n')
    with pytest.raises(PoFileError, match="more translations than num_plurals"):
        problems(marked_texts(source), catalogues)


def test_a_fuzzy_translation_is_not_one(source, catalogues):
    file = catalogues / "cs/frame.po"
    translate(file, "Search", "Hledat")
    file.write_text(file.read_text().replace('msgid "Search"', '#, fuzzy\nmsgid "Search"'))
    assert any("fuzzy" in line for line in problems(marked_texts(source), catalogues))


def test_two_areas_may_not_translate_one_text_differently(source, catalogues):
    translate(catalogues / "cs/self_care.po", "Balance", "Zůstatek")
    translate(catalogues / "cs/billing.po", "Balance", "Saldo")
    assert any("'Saldo' in billing.po" in line for line in problems(marked_texts(source), catalogues))


def test_templates_and_their_macros_speak_the_language_of_their_environment():
    environment = Environment(
        autoescape=True,
        loader=DictLoader(
            {
                "parts.html": '{% macro owed(name) %}{{ _("%(name)s owes", name=name) }} '
                "{{ written.code }}{% endmacro %}",
                "page.html": '{% from "parts.html" import owed %}{{ owed("<b>") }}, '
                "{% trans count=n %}\n {{ count }} day\n{% pluralize %}{{ count }} days{% endtrans %}",
            }
        ),
    )
    speak(environment, "cs")
    assert environment.get_template("page.html").render(n=1) == "&lt;b&gt; owes cs, 1 day"


def translate(file: Path, text: str, translation: str) -> None:
    before = file.read_text()
    after = before.replace(f'msgid "{text}"\nmsgstr ""', f'msgid "{text}"\nmsgstr "{translation}"')
    assert after != before
    file.write_text(after)

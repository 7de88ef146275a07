"""The documentation is true: its links lead somewhere, its commands exist, its sessions show what the program says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import typer

from adapters.cli.program import program
from adapters.docs.files import FILES
from adapters.docs.pages import write_pages
from adapters.docs.sentences import unused
from adapters.docs.words import words_of
from tests.docs import console
from tests.docs.pages import REPOSITORY, Shown, broken_links, missing_places, name_of, pages, shown_commands
from tests.operators import fresh_database

UsageError: Any = typer.BadParameter.__base__  # typer does not export it
PAGES = pages()
AVOIDED = re.compile(r"\b(?:whoever|no news|beside|is there any|comes? to nothing|told)\b", re.IGNORECASE)
SESSIONS = re.compile(r"^```console\n.*?^```$", re.MULTILINE | re.DOTALL)  # What the program answers has its own tests.
# `billing day` is a field of a plan.
NAMED = re.compile(r"`billing (?!day`)([^`]+)`")
COMMANDS = [shown for page in PAGES for shown in shown_commands(page)]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_of_a_page_leads_somewhere(page: Path):
    assert list(broken_links(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_and_module_that_a_page_names_exists(page: Path):
    assert list(missing_places(page)) == []


def test_every_page_is_listed_in_the_table_of_contents():
    """The decision records are listed in a table of their own."""
    folder = REPOSITORY / "docs"
    contents = (folder / "README.md").read_text(encoding="utf-8")
    written = {page.relative_to(folder).as_posix() for page in folder.rglob("*.md") if page.parent.name != "decisions"}

    assert {page for page in written - {"README.md"} if f"({page})" not in contents} == set()


def test_pages_show_commands_to_check():
    assert len(COMMANDS) > 50


def test_every_command_that_a_page_shows_exists_with_its_options_and_fields():
    tree = typer.main.get_command(program)

    assert [fault for shown in COMMANDS if (fault := _fault(tree, shown))] == []


def test_every_command_that_the_program_itself_names_exists():
    """In an error, a help or a description: `billing customers` lists them."""
    named = [shown for file in sorted((REPOSITORY / "src").rglob("*.py")) for shown in _named_commands(file)]
    tree = typer.main.get_command(program)

    assert len(named) > 200
    assert [fault for shown in named if (fault := _fault(tree, shown))] == []


def _named_commands(file: Path) -> Iterator[Shown]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for words in NAMED.findall(node.value):
                yield Shown(file.name, node.lineno, tuple(words.partition(" >")[0].replace(" ...", "").split()))


def _fault(command: Any, shown: Shown) -> str | None:
    """Which word of a command the program does not know; None if it knows all of them."""
    context, words = typer.Context(command, info_name="billing"), list(shown.words)
    while words:
        word = words.pop(0)
        options = {name: option for option in command.params for name in getattr(option, "opts", ())}
        if word in ("--help", "--version"):
            continue
        if word.startswith("--"):
            if word not in options:
                return f"{shown.page}:{shown.line}: {context.command_path} has no option {word}"
            if not options[word].is_flag:
                words = words[1:]
        elif hasattr(command, "resolve_command"):
            try:
                name, command, words = command.resolve_command(context, [word, *words])
            except UsageError as error:
                return f"{shown.page}:{shown.line}: {error.format_message()}"
            context = typer.Context(command, parent=context, info_name=name)
        elif context.command_path.startswith(("billing do ", "billing ask ")) and (
            fault := _field_fault(context, word)
        ):
            return f"{shown.page}:{shown.line}: {fault}"
    return None


WITH_FIELDS = ("billing do ", "billing ask ")


def _field_fault(context: typer.Context, assignment: str) -> str | None:
    from adapters.cli.ask import queries_by_name
    from adapters.cli.command_fields import fields_of
    from adapters.cli.do import commands_by_name

    structs = commands_by_name() if context.command_path.startswith("billing do ") else queries_by_name()
    field, _, _ = assignment.partition("=")
    known = [each.name.replace("NAME", "*") for each in fields_of(structs[context.info_name or ""])]
    is_known = any(fnmatchcase(field, each) for each in known)
    return None if is_known else f"{context.command_path} has no field {field}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_pages_use_no_word_that_is_to_be_avoided(page: Path):
    assert AVOIDED.findall(SESSIONS.sub("", page.read_text(encoding="utf-8"))) == []


def test_help_uses_no_word_that_is_to_be_avoided():
    tree: Any = typer.main.get_command(program)

    assert {name: found for name, text in _help_of(tree, "billing") if (found := AVOIDED.findall(text))} == {}


def _help_of(command: Any, name: str) -> Iterator[tuple[str, str]]:
    """The help of a command and of those below it."""
    context = typer.Context(command, info_name=name)
    yield name, command.get_help(context)
    for inner in command.list_commands(context) if hasattr(command, "list_commands") else ():
        yield from _help_of(command.get_command(context, inner), f"{name} {inner}")


def test_a_session_shows_what_the_program_answers(server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("BILLING_DATABASE_URL", "BILLING_ACTOR", "COLUMNS", "TOKEN"):
        monkeypatch.setenv(name, "")  # So that each has its own value again afterwards.
    with fresh_database(server_url) as url:
        played = console.play(url, tmp_path)

    for page, text in played.items():
        assert text == page.read_text(encoding="utf-8"), "write it anew with python -m tests.docs.console"


def test_the_reference_pages_are_those_that_are_generated(tmp_path: Path):
    write_pages(tmp_path)
    written = {page.name: page.read_text(encoding="utf-8") for page in tmp_path.iterdir()}
    committed = {page.name: page.read_text(encoding="utf-8") for page in (REPOSITORY / "docs" / "reference").iterdir()}

    assert committed == written, "write them anew with python -m adapters.docs"


def test_every_part_of_a_file_is_explained():
    explained = {part.model for file in FILES for part in file.parts}
    unexplained = {
        inner.__name__
        for part in explained
        for word in words_of(part)
        for inner in word.parts
        if inner not in explained
    }

    assert unexplained == {"Seller"}  # The help of `register-seller` explains its fields.


def test_no_sentence_is_about_a_word_that_no_file_has():
    parts = {part.key: part.model for file in FILES for part in file.parts}
    words = {(key, word.name) for key, model in parts.items() for word in words_of(model)}

    assert unused(words, set(parts)) == set()

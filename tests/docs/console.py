"""The sessions of the documentation: each command of a ```console block is carried out, and its output compared.

A page marks the content of a file by a comment before its block, `<!-- file: catalogue.yaml -->`, and a ```sh block
whose commands are carried out without showing their output by `<!-- played -->`. Of a command that ends with
`| tail -n 9` only the last lines are shown. Ids, durations, and what depends on the day and the machine are left out of
the comparison.

    python -m tests.docs.console     # write the present outputs into the pages
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

from fastapi.testclient import TestClient

from adapters.bootstrap.application import open_application
from adapters.bootstrap.settings import read_settings
from adapters.cli.program import program
from adapters.http.server import http_application
from tests.command_line import CliRunner
from tests.docs.pages import REPOSITORY

# In this order on one database: each page goes on where the one before it ended.
SESSION = tuple(
    REPOSITORY / name
    for name in (
        "docs/tutorial.md",
        "docs/accountant.md",
        "docs/auditor.md",
        "README.md",
        "docs/work.md",
        "docs/usage.md",
    )
)
BLOCK = re.compile(r"(?:<!-- (file: \S+|played) -->\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VARIABLE = re.compile(r"([A-Z]+)=\$\((billing .*)\)")
SERVER = "http://localhost:8000"
LAST_LINES = re.compile(r" \| tail -n ([0-9]+)$")
# What differs each time: ids, durations and speeds, the time of day, today's date, the machine, how many
# invariants the areas have, and positions, which move with every page before.
CHANGING = (
    re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    re.compile(r"in [0-9.]+ s \([0-9,]+/s\)"),
    re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(?::[0-9]{2})?"),
    re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.+]+"),
    re.compile(r"(?<=: active on )[0-9-]{10}"),
    re.compile(r"(?<=billed today, it gets )[^;]*?EUR(?=\.\n)"),
    re.compile(r"(?<=the customers of )[0-9-]{10}"),
    re.compile(r"(?<=All )[0-9]+(?= hold)"),
    re.compile(r'(?<="source":")[^"]*'),
    re.compile(r'(?<="position":)[0-9]+'),
)


def played(page: Path) -> str:
    """The page with the output that its commands have now, where that is another one than it shows."""
    text = page.read_text(encoding="utf-8")
    return BLOCK.sub(lambda found: _block(found[0], found[1], found[2], found[3]), text)


def _block(whole: str, mark: str | None, kind: str, body: str) -> str:
    """A block as it is to be shown; carried out on the way."""
    if mark is not None and mark.startswith("file: "):
        Path(mark.removeprefix("file: ")).write_text(body, encoding="utf-8")
    elif mark == "played":
        for command in body.replace("\\\n", " ").splitlines():
            _carried_out(command)
    elif kind == "console":
        parts = ["".join([command, _output(command, shown)]) for command, shown in _commands(body)]
        return f"```console\n{''.join(parts)}```"
    return whole


def _commands(body: str) -> Iterator[tuple[str, str]]:
    """Each command as it stands in the block, with the output that is shown below it."""
    for part in re.split(r"^(?=\$ )", body, flags=re.MULTILINE)[1:]:
        command = re.match(r"(?:.*\\\n)*.*\n", part)
        assert command is not None
        yield command[0], part[command.end() :]


def _output(command: str, shown: str) -> str:
    """What a command answers; if nothing but what always differs has changed, what is shown already."""
    line = command.removeprefix("$ ").replace("\\\n", " ").strip()
    answer = [said.rstrip() for said in _carried_out(LAST_LINES.sub("", line)).rstrip().splitlines()]
    last = LAST_LINES.search(line)
    now = "".join(f"{said}\n" for said in (answer[-int(last[1]) :] if last else answer))
    return shown if comparable(now) == comparable(shown.rstrip() + "\n") else now


def _carried_out(line: str) -> str:
    """A command of the program, `mkdir`, or a request to the server by `curl`, in this process; what it says.

    A variable is kept in the environment. What the server would listen to is answered without one.
    """
    if variable := VARIABLE.match(line):
        os.environ[variable[1]] = _carried_out(variable[2]).strip()
        return ""
    words = shlex.split(os.path.expandvars(line), comments=True)
    if words[:2] == ["billing", "serve"]:
        return ""
    if words[0] == "mkdir":
        Path(words[1]).mkdir()
        return ""
    if words[0] == "curl":
        return _answered(words[1:])
    assert words[0] == "billing", line
    result = CliRunner().invoke(program, words[1:], prog_name="billing")
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.output


def _answered(words: list[str]) -> str:
    """What the server answers to a request of `curl`, with read models that show all of it."""
    options = argparse.ArgumentParser()
    options.add_argument("url")
    options.add_argument("-s", action="store_true")
    options.add_argument("-H", dest="headers", action="append", default=[])
    options.add_argument("-d", dest="body")
    request = options.parse_args(words)
    with open_application(read_settings()) as app:
        client = TestClient(http_application(app), base_url=SERVER)
        headers = dict(header.split(": ", 1) for header in request.headers)
        method = "GET" if request.body is None else "POST"
        answer = client.request(method, f"http://{request.url}", content=request.body, headers=headers)
        app.runner.catch_up()
    assert answer.is_success, answer.text
    return answer.text


def comparable(text: str) -> str:
    """A text without what differs each time it is shown."""
    for changing in CHANGING:
        text = changing.sub("#", text)
    return text


def play(database_url: str, folder: Path) -> dict[Path, str]:
    """All pages of the session, played in a folder on an empty database."""
    os.environ |= {"BILLING_DATABASE_URL": database_url, "BILLING_ACTOR": "eva", "COLUMNS": "100"}
    with chdir(folder):
        return {page: played(page) for page in SESSION}


def main() -> None:
    from adapters.postgres.server import running_server
    from tests.operators import fresh_database

    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder, "server")) as server:
        Path(folder, "session").mkdir()
        with fresh_database(server) as url:
            for page, text in play(url, Path(folder, "session")).items():
                page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

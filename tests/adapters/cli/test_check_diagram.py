"""`billing work check-flow` of a diagram: exit code 0, or 1 and what hinders it with element and line."""

from __future__ import annotations

from pathlib import Path

from adapters.cli.program import program
from tests.adapters.bpmn.drawn import process
from tests.command_line import CliRunner


def checked(path: Path, content: str) -> tuple[int, str]:
    path.write_text(content, encoding="utf-8")
    result = CliRunner().invoke(program, ["work", "check-flow", str(path)])
    return result.exit_code, result.output


def test_a_diagram_that_can_be_run_is_good(tmp_path: Path):
    drawn = process('<startEvent id="s"/><userTask id="a"/><endEvent id="e"/>', "s > a", "a > e")
    code, output = checked(tmp_path / "flow.bpmn", drawn)
    assert (code, "the diagram can be run" in output) == (0, True)


def test_what_hinders_a_diagram_is_named_with_its_line_and_element(tmp_path: Path):
    drawn = process('<startEvent id="s"/><scriptTask id="a"/><endEvent id="e"/>', "s > a", "a > e")
    code, output = checked(tmp_path / "flow.bpmn", drawn)
    assert (code, "line 5, a: runs a script" in output) == (1, True), output


def test_a_diagram_is_read_in_the_encoding_that_it_declares(tmp_path: Path):
    drawn = process('<startEvent id="s"/><userTask id="a" name="Prüfung"/><endEvent id="e"/>', "s > a", "a > e")
    path = tmp_path / "flow.bpmn"
    path.write_bytes(drawn.replace("UTF-8", "ISO-8859-1").encode("latin-1"))
    assert CliRunner().invoke(program, ["work", "check-flow", str(path)]).exit_code == 0
    path.write_bytes(drawn.encode("latin-1"))
    result = CliRunner().invoke(program, ["work", "check-flow", str(path)])
    assert (result.exit_code, "is not written in UTF-8" in result.output) == (1, True), result.output

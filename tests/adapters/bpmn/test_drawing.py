"""The picture of a process: what is in it, what waits and what was passed."""

from __future__ import annotations

import pytest
from lxml import etree

from adapters.bpmn.drawing import drawing
from adapters.bpmn.labels import lines_of
from adapters.bpmn.notation import referred
from adapters.bpmn.safe_xml import read_tree, text_of
from billing_core.kernel.errors import InvalidValue
from tests.adapters.bpmn.drawn import START_AND_END, position, process
from tests.adapters.bpmn.real_diagrams import AS_DRAWN, FOLDER

SVG = "{http://www.w3.org/2000/svg}"


def place(element: str, x: int, width: int = 100, height: int = 80) -> str:
    return (
        f'<bpmndi:BPMNShape id="{element}-place" bpmnElement="{element}">'
        f'<dc:Bounds x="{x}" y="0" width="{width}" height="{height}"/></bpmndi:BPMNShape>'
    )


def way(flow: str, from_x: int, to_x: int) -> str:
    return (
        f'<bpmndi:BPMNEdge id="{flow}-way" bpmnElement="{flow}"><di:waypoint x="{from_x}" y="40"/>'
        f'<di:waypoint x="{to_x}" y="40"/></bpmndi:BPMNEdge>'
    )


PLAIN = process(START_AND_END + '<userTask id="a" name="Call &lt;b&gt; &amp; ask"/><userTask id="b"/>',
                "start > a", "a > b", "b > end")  # fmt: skip
LAYOUT = (
    '<bpmndi:BPMNDiagram id="picture"><bpmndi:BPMNPlane id="plane" bpmnElement="p">'
    + place("start", 0, 36, 36) + place("a", 100) + place("b", 300) + place("end", 500, 36, 36)
    + way("start-a", 36, 100) + way("a-b", 200, 300) + way("b-end", 400, 500)
    + "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
)  # fmt: skip
DRAWN = PLAIN.replace("</definitions>", LAYOUT + "</definitions>")


def groups(svg: str, word: str) -> set[str]:
    """The elements whose group has a class."""
    found = etree.fromstring(svg).iter(f"{SVG}g")
    return {each.get("data-element") or "" for each in found if word in (each.get("class") or "").split()}


def test_what_waits_and_what_was_passed_is_marked():
    svg = drawing(DRAWN, position(DRAWN, "a"))
    assert groups(svg, "waiting") == {"b"}
    assert groups(svg, "passed") == {"start", "start-a", "a", "a-b"}
    assert groups(svg, "element") == {"start", "a", "b", "end"} and groups(svg, "flow") == {"start-a", "a-b", "b-end"}


def test_at_the_end_nothing_waits_and_without_a_position_nothing_is_marked():
    ended = drawing(DRAWN, position(DRAWN, "a", "b"))
    assert groups(ended, "waiting") == set() and "end" in groups(ended, "passed")
    assert groups(drawing(DRAWN), "passed") == set()


def test_names_are_written_as_text_never_as_elements():
    svg = etree.fromstring(drawing(DRAWN))
    assert "Call <b> & ask" in {each.text for each in svg.iter(f"{SVG}title")}
    assert {etree.QName(each).localname for each in svg.iter()} <= {
        "svg", "style", "defs", "marker", "path", "rect", "circle", "polygon", "polyline", "text", "title", "g",
    }  # fmt: skip


def test_the_picture_has_room_for_everything():
    assert etree.fromstring(drawing(DRAWN)).get("viewBox") == "-24 -24 584 128"


def test_a_diagram_without_a_layout_says_so():
    with pytest.raises(InvalidValue, match="has no picture: save it from a modeller with its layout"):
        drawing(PLAIN)


@pytest.mark.parametrize("number", ["", "wide", "nan", "inf", "-1e300"])
def test_places_that_are_no_numbers_do_not_break_the_picture(number):
    assert "nan" not in drawing(DRAWN.replace('x="300"', f'x="{number}"'))


def test_what_is_no_diagram_has_no_picture():
    with pytest.raises(InvalidValue, match="is no well-formed XML"):
        drawing("no diagram")


def test_long_names_are_broken_and_cut():
    assert lines_of("Perform training for time reports", 72, 2) == ["Perform", "training fo…"]
    assert lines_of("Donaudampfschifffahrt", 60, 5) == ["Donaudampf", "schifffahr", "t"]


@pytest.mark.skipif(not FOLDER.exists(), reason=f"{FOLDER} is absent; name it in BILLING_REAL_BPMN")
@pytest.mark.parametrize("file", AS_DRAWN)
def test_every_real_drawing_is_drawn_with_all_its_shapes(file):
    diagram = text_of((FOLDER / file).read_bytes())
    drawn = groups(drawing(diagram), "element")
    planes = [
        {referred(shape.get("bpmnElement")) for shape in plane.iterchildren("{*}BPMNShape")}
        for plane in read_tree(diagram).iter("{*}BPMNPlane")
    ]
    assert drawn in planes

"""The text of a diagram as a tree: without entities, without the network, and of a limited size.

A diagram comes from outside. A document type declaration is refused whole: what it can declare (entities that grow to
gigabytes, files and addresses to be read) has no use in a diagram.
"""

from __future__ import annotations

import codecs
import re
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import Locator

from defusedxml import DefusedXmlException
from defusedxml.sax import make_parser
from lxml import etree

from adapters.bpmn.notation import MODEL, Node
from billing_core.kernel.errors import InvalidValue
from billing_core.work.processes import DiagramFault

MOST_LETTERS = 2_000_000
DECLARATION = re.compile(r"^\ufeff?\s*<\?xml[^>]*\?>")
ENCODING = re.compile(rb"<\?xml[^>]*encoding=[\"']([A-Za-z0-9._-]+)[\"']")
MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class Unreadable(Exception):
    """Why a text is no diagram at all."""

    def __init__(self, line: int, reason: str, element: str = "") -> None:
        super().__init__(reason)
        self.fault = DiagramFault(element, "", line, reason)


def text_of(content: bytes) -> str:
    """The text of a file in the encoding that it declares, UTF-8 unless it names another; or `InvalidValue`."""
    mark = next((name for begin, name in MARKS.items() if content.startswith(begin)), "")
    declared = ENCODING.search(content[:200])
    encoding = mark or (declared.group(1).decode() if declared else "utf-8")
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except (UnicodeDecodeError, LookupError):
        reason = f"is not written in {encoding}, as it says: save it in UTF-8"
        raise InvalidValue(reason, field="diagram") from None


def read_tree(diagram: str) -> Node:
    """The root of a diagram, or `Unreadable`."""
    if len(diagram) > MOST_LETTERS:
        raise Unreadable(1, f"has {len(diagram):,} letters; a diagram has at most {MOST_LETTERS:,}")
    declaration = DECLARATION.match(diagram)
    # The text was decoded: the encoding that it declares holds no more.
    body = "\n" * declaration.group().count("\n") + diagram[declaration.end() :] if declaration else diagram
    content = body.removeprefix("\ufeff").encode("utf-8", "surrogatepass")
    lines = _lines(content)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(error.lineno or 1, f"is no well-formed XML: {error.msg}") from None
    for node, line in zip(root.iter(), lines, strict=True):
        node.sourceline = line
    if root.tag != f"{{{MODEL}}}definitions":
        raise Unreadable(1, "is no BPMN 2.0: the outermost element must be `definitions` of BPMN's namespace")
    return root


class _Lines(ContentHandler):
    """The lines at which elements begin. lxml says at which their first tag ends."""

    def __init__(self, parser: Locator) -> None:
        super().__init__()
        self.found: list[int] = []
        self._parser = parser

    def startElement(self, name: str, attrs: object) -> None:
        self.found.append(self._parser.getLineNumber() or 1)


def _lines(content: bytes) -> list[int]:
    """The lines of all elements. Declarations, entities and references to other files are refused before they act."""
    parser = make_parser()
    parser.forbid_dtd = True
    lines = _Lines(parser)
    parser.setContentHandler(lines)
    try:
        parser.feed(content)
        parser.close()
    except DefusedXmlException:
        line = int(parser.getLineNumber() or 1)
        raise Unreadable(line, "declares a document type or entities: leave the DOCTYPE out") from None
    except SAXParseException as error:
        raise Unreadable(error.getLineNumber() or 1, f"is no well-formed XML: {error.getMessage()}") from None
    return lines.found

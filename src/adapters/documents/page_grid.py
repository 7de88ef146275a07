"""The grid of the printed page and its type: every place, width, size and ink that the blocks use.

Millimetres from the left and top edge of A4; type sizes in points. The buyer's address stands where the left
window of a DL envelope shows it (DIN 5008 form B: 20-105 mm from the left, 45-90 mm from the top).
"""

from __future__ import annotations

from adapters.documents.typesetting import Column, Style

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
LEFT, RIGHT = 25.0, 190.0
GUTTER = 3.0
GAP = 6.0
ROW_PADDING = 1.8
CORNER_RADIUS = 1.2

SELLER_TOP = 16.0
WINDOW_TOP = 50.0
TITLE_TOP = 100.0
CONTINUATION_TOP = 16.0
FOOTER_BOTTOM = 287.0
MAX_ROW_HEIGHT = 90.0
LEAST_DESCRIPTION = 50.0
FIRST_ROWS_HEIGHT = 30.0  # what the title needs below itself so as not to stand alone at the foot of a page


def columns(x: float, *widths: float) -> list[Column]:
    """Columns side by side, a gutter between each two."""
    placed: list[Column] = []
    for width in widths:
        placed.append(Column(x, width))
        x += width + GUTTER
    return placed


FULL = Column(LEFT, RIGHT - LEFT)
SELLER = Column(LEFT, 92.0)
WINDOW = Column(LEFT, 80.0)
SIDE = Column(122.0, RIGHT - 122.0)
SIDE_LABEL, SIDE_VALUE = columns(SIDE.x, 28.0, 37.0)

STAMP = Column(RIGHT - 20.0, 20.0)
TITLE_BESIDE_STAMP = Column(LEFT, STAMP.x - LEFT - GUTTER)
RUNNING_TITLE, RUNNING_SELLER = columns(LEFT, 76.0, 62.0)

SUMMARY = Column(90.0, RIGHT - 90.0)
SUMMARY_RATE, SUMMARY_BASE, SUMMARY_VAT, SUMMARY_GROSS = columns(SUMMARY.x, 16.0, 25.0, 23.0, 27.0)
TOTAL_LABEL, TOTAL_AMOUNT = columns(SUMMARY.x, 40.0, 57.0)

PANEL_PADDING = 6.0
PANEL = Column(LEFT + PANEL_PADDING, FULL.width - 2 * PANEL_PADDING)
QR_QUIET_MODULES = 4
QR = Column(PANEL.right - 38.0, 38.0)
PANEL_BESIDE_QR = Column(PANEL.x, QR.x - PANEL.x - GAP)
PAYMENT_LABEL, PAYMENT_VALUE = columns(PANEL.x, 30.0, PANEL_BESIDE_QR.width - 30.0 - GUTTER)

FOOTER, PAGE_NUMBER = columns(LEFT, 142.0, 20.0)

INK = (0.10, 0.11, 0.13)
MUTED_INK = (0.40, 0.42, 0.45)
HAIRLINE_INK = (0.80, 0.81, 0.83)
PANEL_INK = (0.955, 0.960, 0.965)
WHITE = (1.0, 1.0, 1.0)
BLACK = (0.0, 0.0, 0.0)
HAIRLINE_PT = 0.4
STRONG_RULE_PT = 1.0

BODY = Style(9.5, 4.7, INK)
DENSE_BODY = Style(8.5, 4.0, INK)
STRONG = BODY._replace(weight="semibold")
LABEL = Style(8, BODY.leading, MUTED_INK)  # on one baseline with the body
SMALL = Style(8, 3.8, MUTED_INK)
DENSE_SMALL = Style(7.5, 3.5, MUTED_INK)
DENSE_PADDING = 0.5
SENDER = Style(6, 3.0, MUTED_INK)
FOOTNOTE = Style(7, 3.4, MUTED_INK)
ADDRESS = Style(10.5, 5.0, INK)
ADDRESS_NAME = ADDRESS._replace(weight="semibold")
SELLER_NAME = Style(13, 6.0, INK, "semibold")
TITLE = Style(19, 8.5, INK, "semibold")
TOTAL = Style(15, 8.5, INK, "semibold")
TOTAL_NAME = Style(11, TOTAL.leading, INK, "semibold")
STAMP_MARK = Style(10, 6.5, INK, "semibold")

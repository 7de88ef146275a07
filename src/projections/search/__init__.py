"""One text that finds everything; by which texts payments and tickets are found."""

from __future__ import annotations

from projections.platform.area import Area
from projections.search.texts import FoundTexts

AREA = Area(true_by_date=(FoundTexts(),))

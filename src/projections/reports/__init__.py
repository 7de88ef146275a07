"""Reports: named questions over documented views, and their answers."""

from __future__ import annotations

from projections.platform.area import Area

AREA = Area()

"""Reasons for suspensions, what each service is to be like, and how long customers wait for their return."""

from __future__ import annotations

from projections.platform.area import Area
from projections.suspensions.reasons import SuspensionReasons
from projections.suspensions.returns import ServiceReturns

AREA = Area(recorded=(SuspensionReasons(), ServiceReturns()))

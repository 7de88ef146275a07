"""Announced price changes: their effect on the live base (`effect`), and their scheduling (`run`, `noting`)."""

"""Announced price changes: what they are to the live base (`effect`), and how they are scheduled (`run`, `noting`)."""

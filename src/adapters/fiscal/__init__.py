"""Fiscal printers: a port, a printer over TCP, and a simulator of one that misbehaves.

No national rule is claimed to be kept: what a rule asks for stands in the driver of a printer that keeps it.
"""

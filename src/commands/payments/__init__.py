"""Payments: receive and reverse one, or take in a whole bank file."""

"""Kiosks and wallets: connections, their transactions, and the registers of their operators."""

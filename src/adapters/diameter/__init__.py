"""Diameter: accounting over Rf."""

"""The routes of each area, in a table of its own."""

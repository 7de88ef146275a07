"""Frames for analysts: traffic and charged usage as pandas, opened on a database by its URL."""

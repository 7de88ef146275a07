"""Views: the questions that people and programs ask, each with its answer, for every door of the program.

A query is a struct, as a command is; the function of its area answers it from read models and streams. Nothing is
written by a query.
"""

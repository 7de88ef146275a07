"""Kinds of job: what is asked for, and the function that does it, for the worker and for the command line."""

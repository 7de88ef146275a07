"""The reference pages of `docs/reference`: every word of the YAML files, generated from the models that read them.

`words.words_of` is the one place that reads a model. `files` lists the files and their parts, `sentences` gives the
meaning of each word, `pages` makes a page of them. `python -m adapters.docs` writes the pages, and a test compares
them.
"""

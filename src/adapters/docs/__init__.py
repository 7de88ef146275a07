"""The reference pages of `docs/reference`: every word of the YAML files, generated from the models that read them, and
every report with the views that it reads, generated from their own files.

`words.words_of` is the one place that reads a model. `files` lists the files and their parts, `sentences` gives the
meaning of each word, `pages` makes a page of them; `reports` makes the pages of reports. `python -m adapters.docs`
writes the pages, and a test compares them.
"""

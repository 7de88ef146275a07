"""Documents on paper: an issued invoice or credit note as a PDF or as plain text.

`pdf.render_pdf` lays a `billing_core.documents.Document` out on A4 pages, `texts.render_text` writes it for a
terminal. The content comes from the document alone and the wording from `templates/`, one file per language, so
the same document always gives the same bytes. Nothing here decides what is owed.
"""

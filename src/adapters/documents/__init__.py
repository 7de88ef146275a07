"""Documents on paper: an issued invoice or credit note as a PDF or as plain text.

`assemble.assemble` puts the `invoicing.documents.Document` of a number together from facts that never change.
`pdf.render_pdf` lays it out on A4 pages, `texts.render_text` writes it for a terminal. The content comes from the
document alone and the wording from `templates/`, one file per language, so the same document always gives the same
bytes. Nothing here decides what is owed.
"""

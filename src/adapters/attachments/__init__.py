"""Files that are attached to tickets and other things, kept by their content in a folder next to the database."""

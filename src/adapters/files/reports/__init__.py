"""The whole answer to a report as a file: CSV, JSON, a workbook, Parquet."""

"""Spreadsheets: rows as CSV that Excel opens as it should, and that runs nothing."""

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\ufeff"
"""Without it Excel takes UTF-8 for something else."""
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection)."""


def rows_of(rows: Iterable[Sequence[object]], *, local: bool) -> str:
    """`rows` as CSV; `local`: as Chile's Excel wants it, with semicolons and decimal commas."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if local else ",", lineterminator="\r\n")
    for row in rows:
        writer.writerow([_cell(value, local=local) for value in row])
    return text.getvalue()


def _cell(value: object, *, local: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(DANGEROUS) else value
    return str(value).replace(".", ",") if local else str(value)

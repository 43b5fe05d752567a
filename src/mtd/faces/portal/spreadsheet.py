"""Spreadsheets: rows as CSV that Excel opens as it should, and that runs nothing."""

import csv
import io
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping, Sequence

from litestar import Response
from litestar.response import Stream

from mtd.faces.portal.provided import Asked

BOM = "\ufeff"
"""Without it Excel takes UTF-8 for something else."""
PLAIN = "plain"
"""The flavour for programs: commas, decimal points and no mark; any other is Chile's Excel's."""
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection)."""
CSV = "text/csv; charset=utf-8"

Rows = Iterable[Sequence[object]]


def streamed(
    request: Asked, name: str, headings: Sequence[str], parts: AsyncIterable[Rows]
) -> Stream:
    """A file `name`.csv, sent a part at a time: however long, it is never held whole."""
    local = _local(request)

    async def text() -> AsyncIterator[str]:
        yield _beginning(headings, local=local)
        async for rows in parts:
            yield rows_of(rows, local=local)

    return Stream(text(), media_type=CSV, headers=_kept_as(name))


def whole(request: Asked, name: str, headings: Sequence[str], rows: Rows) -> Response[str]:
    """A file `name`.csv of the few rows that a page shows."""
    local = _local(request)
    text = _beginning(headings, local=local) + rows_of(rows, local=local)
    return Response(text, media_type=CSV, headers=_kept_as(name))


def rows_of(rows: Rows, *, local: bool) -> str:
    """`rows` as CSV; `local`: as Chile's Excel wants it, with semicolons and decimal commas."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if local else ",", lineterminator="\r\n")
    for row in rows:
        writer.writerow([_cell(value, local=local) for value in row])
    return text.getvalue()


def _local(request: Asked) -> bool:
    return request.query_params.get("flavour") != PLAIN


def _beginning(headings: Sequence[str], *, local: bool) -> str:
    return (BOM if local else "") + rows_of([headings], local=local)


def _kept_as(name: str) -> Mapping[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}.csv"'}


def _cell(value: object, *, local: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(DANGEROUS) else value
    return str(value).replace(".", ",") if local else str(value)

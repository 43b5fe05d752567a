"""Tracking: what a document is called by wherever its type and number are not told apart."""


def document_number(type_code: str, series: str, number: int) -> str:
    """Type and number, `39-1234`, or with the series `01-F001-17`."""
    return "-".join(filter(None, (type_code, series, str(number))))


def tracking_id(issuer: str, type_code: str, series: str, number: int) -> str:
    """What the order's process follows one document by: `76111111-39-1234`.

    An authority's own track id is of an envelope, and shared by all documents in it.
    """
    return f"{issuer.partition('-')[0]}-{document_number(type_code, series, number)}"

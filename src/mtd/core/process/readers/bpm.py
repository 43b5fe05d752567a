"""bpm"""

from mtd.core.process.drawing import Drawing


def is_zip(content: bytes) -> bool:
    return content.startswith(b"PK")


def read(content: bytes) -> Drawing:
    raise NotImplementedError

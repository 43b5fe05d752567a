"""The built assets: under which names the pages find them, as Vite's manifest says."""

from pathlib import Path

import msgspec

ENTRY = "src/main.ts"
PREFIX = "/assets/"


class Chunk(msgspec.Struct, frozen=True, rename="camel"):
    """A file that was built, and what it brings with it."""

    file: str
    css: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()


class Assets(msgspec.Struct, frozen=True):
    """What every page loads."""

    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()


def assets(dist: Path) -> Assets:
    """The addresses of the entry's files; none of what was not built."""
    manifest = dist / "manifest.json"
    if not manifest.is_file():
        return Assets()
    chunks = msgspec.json.decode(manifest.read_bytes(), type=dict[str, Chunk])
    entry = chunks[ENTRY]
    return Assets(scripts=(PREFIX + entry.file,), styles=tuple(PREFIX + name for name in entry.css))

"""The portal's assets: built when stale, left alone when not, and small enough."""

import gzip
import os
import re
from pathlib import Path

import pytest

from mtd.runtime.building import DIST, FRONTEND, NOTICES, NotBuilt, build, digest, is_fresh

JS_MAX_BYTES = 20_000
"""Compressed, on a page of a list."""
BINDINGS_MIN = 15
"""Platforms that the bundler has parts for: a lock made beside node_modules loses all but one."""


def test_what_is_fresh_is_not_built_again() -> None:
    build(os.environ)
    assert is_fresh(FRONTEND, DIST)
    assert not build({"PATH": ""}), "it would need tools that are not there"


def test_a_changed_source_is_stale(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.ts").write_text("1")
    before = digest(tmp_path)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "x").write_text("")
    assert digest(tmp_path) == before
    (tmp_path / "src" / "a.ts").rename(tmp_path / "src" / "b.ts")
    assert digest(tmp_path) != before


def test_building_can_be_left_out(tmp_path: Path) -> None:
    assert not build({"MTD_SKIP_ASSETS": "1"}, FRONTEND, tmp_path / "dist")
    assert not (tmp_path / "dist").exists()
    assert not build({}, tmp_path / "no sources", tmp_path / "dist")


def test_a_failed_build_says_why_and_leaves_the_last_one(tmp_path: Path) -> None:
    (tmp_path / "package-lock.json").write_text("{}")
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "main.js").write_text("")
    with pytest.raises(NotBuilt, match="npm"):
        build({"MTD_NODE": "/no such node"}, tmp_path, tmp_path / "dist")
    assert (tmp_path / "dist" / "main.js").exists()


def test_the_scripts_of_a_page_are_small() -> None:
    build(os.environ)
    scripts = list(DIST.glob("main-*.js"))
    assert len(scripts) == 1
    assert len(gzip.compress(scripts[0].read_bytes())) <= JS_MAX_BYTES


def test_the_licences_go_along() -> None:
    build(os.environ)
    text = (DIST / NOTICES).read_text(encoding="utf-8")
    assert "htmx.org" in text and "SIL OPEN FONT LICENSE" in text


def test_the_lock_names_no_registry_and_every_platform() -> None:
    lock = (FRONTEND / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in lock and "http" not in re.sub(r'"url": "http[^"]*"', "", lock)
    assert len(set(re.findall(r"@rolldown/binding-[\w-]+", lock))) >= BINDINGS_MIN

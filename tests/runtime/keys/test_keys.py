"""The master key: of the environment, a file, or as a key service has wrapped it."""

import stat
from pathlib import Path

import pytest

from mtd.runtime.keys import WRAPPED, master_key
from mtd.runtime.keys.service import NoMasterKey

KEK = bytes(range(32)).hex()


def a_program(folder: Path) -> Path:
    """A key service of its own: it turns every bit round."""
    program = folder / "kms"
    program.write_text(
        "#!/usr/bin/env python3\nimport sys\n"
        "assert sys.argv[1] in ('wrap', 'unwrap')\n"
        "sys.stdout.buffer.write(bytes(b ^ 255 for b in sys.stdin.buffer.read()))\n"
    )
    program.chmod(0o700)
    return program


def test_it_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = master_key(tmp_path, {})
    assert len(first) == 32
    assert master_key(tmp_path, {}) == first
    assert stat.S_IMODE((tmp_path / "master.key").stat().st_mode) == 0o600


def test_the_environment_comes_first(tmp_path: Path) -> None:
    assert master_key(tmp_path, {"MTD_MASTER_KEY": KEK}) == bytes(range(32))
    assert not (tmp_path / "master.key").exists()
    with pytest.raises(NoMasterKey, match="hexadecimal"):
        master_key(tmp_path, {"MTD_MASTER_KEY": "x"})
    with pytest.raises(NoMasterKey, match="3 bytes"):
        master_key(tmp_path, {"MTD_MASTER_KEY": "aabbcc"})


@pytest.mark.parametrize("kind", ["file", "program"])
def test_a_key_service_wraps_it_and_it_never_lies_there_in_clear(tmp_path: Path, kind: str) -> None:
    (tmp_path / "kek").write_text(KEK)
    place = tmp_path / "kek" if kind == "file" else a_program(tmp_path)
    known = {"MTD_KMS": f"{kind}:{place}"}
    home = tmp_path / "home"
    key = master_key(home, known)
    assert master_key(home, known) == key
    assert key not in (home / WRAPPED).read_bytes()
    assert [path.name for path in home.iterdir()] == [WRAPPED]


def test_what_is_wrong_is_told_and_nothing_of_the_key(tmp_path: Path) -> None:
    (tmp_path / "kek").write_text(KEK)
    known = {"MTD_KMS": f"file:{tmp_path / 'kek'}"}
    master_key(tmp_path, known)
    (tmp_path / "kek").write_text(bytes(32).hex())
    with pytest.raises(NoMasterKey, match="does not open"):
        master_key(tmp_path, known)
    with pytest.raises(NoMasterKey, match="holds no key"):
        master_key(tmp_path, {"MTD_KMS": f"file:{tmp_path / 'absent'}"})
    with pytest.raises(NoMasterKey, match="say aws:KEY, file:/path or program:/path"):
        master_key(tmp_path, {"MTD_KMS": "aws"})
    with pytest.raises(NoMasterKey, match="unwrap: FileNotFoundError"):
        master_key(tmp_path, {"MTD_KMS": f"program:{tmp_path / 'absent'}"})

"""`mtd schedule` and `mtd message`, by the real command on a real database."""

from pathlib import Path

from tests.faces.cli.running import mtd
from tests.runtime.operations.test_timetable import bound, drawn


def test_what_begins_by_itself_is_listed_and_paused(database: str, tmp_path: Path) -> None:
    paths: list[str] = []
    for file in (drawn(), bound('cycle = "reconciliation"')):
        (tmp_path / file.name).write_bytes(file.content)
        paths.append(str(tmp_path / file.name))
    assert mtd("deploy", *paths, home=tmp_path, MTD_DATABASE_URL=database).returncode == 0
    paused = mtd(
        "schedule", "pause", "nightly", "--reason", "stocktaking",
        home=tmp_path, MTD_DATABASE_URL=database,
    )  # fmt: skip
    assert (paused.returncode, paused.stdout) == (0, "paused: start\n")
    listed = mtd("schedule", "list", home=tmp_path, MTD_DATABASE_URL=database, COLUMNS="200")
    assert "nightly@1" in listed.stdout
    assert "Cada noche" in listed.stdout
    assert "stocktaking" in listed.stdout


def test_a_message_that_never_came_is_said_so(database: str, tmp_path: Path) -> None:
    told = mtd("message", "show", "m-1", home=tmp_path, MTD_DATABASE_URL=database)
    assert told.returncode == 1
    assert "there is no message 'm-1' of 'rest'" in told.stderr

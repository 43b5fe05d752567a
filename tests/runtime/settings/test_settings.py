"""Settings: what a customer's file says, and the words for what it must not."""

from pathlib import Path

import pytest

from mtd.runtime.settings.settings import BadSettings, load

CHILD = """
extends = "parent"
{more}
"""
PARENT = """
processes = ["p.bpmn"]
routes = [{ process = "p" }]
time_zone = "America/Santiago"
[stores.paris]
name = "Paris"
mapping = "paris-1"
tax_id = "76111111-6"
[durations]
poll = "PT5M"
grace = "P1M"
[legacy.payment]
base_url = "https://pay.example"
timeout_s = 3
"""


def write(folder: Path, more: str, parent: str = PARENT) -> list[Path]:
    (folder / "parent.toml").write_text(parent, encoding="utf-8")
    (folder / "child.toml").write_text(CHILD.format(more=more), encoding="utf-8")
    return [folder / "nowhere", folder]


def test_a_file_stands_upon_another_and_the_environment_upon_both(tmp_path: Path) -> None:
    folders = write(tmp_path, '[durations]\npoll = "PT1S"\n[legacy.payment]\ntimeout_s = 4')
    found = load("child", {"MTD__API__PORT": "9", "MTD__LEGACY__PAYMENT__TIMEOUT_S": "5"}, folders)
    assert found.customer == "child"
    assert found.durations == {"poll": "PT1S", "grace": "P1M"}
    assert found.api.port == 9
    payment = found.legacy["payment"]
    assert (payment.base_url, payment.timeout_s) == ("https://pay.example", 5.0)


@pytest.mark.parametrize(
    ("more", "place", "words"),
    [
        ("[worker]\ncount = 0", "child.toml", "worker.count"),
        ("[worker]\ncuont = 2", "child.toml", "cuont"),
        ("colour = 1", "child.toml", "colour"),
        ('[durations]\npoll = "5m"', "child.toml", "durations.poll: '5m'"),
        ('[durations]\npoll = "-PT5M"', "child.toml", "durations.poll"),
        ('[message_ttl]\nPaid = "P1M"', "child.toml", "message_ttl.Paid"),
        ('[intake]\nscan = "often"', "child.toml", "intake.scan"),
        ('time_zone = "Mars/Olympus"', "child.toml", "time_zone"),
        ('[legacy.payment]\nbase_url = "ftp://x"', "child.toml", "legacy.payment.base_url"),
        ("[legacy.payment]\nretires = 3", "child.toml", "retires"),
        ('[legacy.moon]\nbase_url = "http://moon"', "child.toml", "legacy.moon"),
        ('[api]\ntls_key = "key.pem"', "child.toml", "api"),
        (
            '[alerts.rules.r]\ncondition = { kind = "waiting" }\nrecipients = ["nobody"]',
            "child.toml",
            "alerts.rules.r.recipients: there is no recipient 'nobody'",
        ),
        ('[alerts.rules.r]\ncondition = { kind = "moon" }', "child.toml", "alerts.rules"),
        ('[alerts.recipients.ops]\nwebhook = "http://x/y"', "child.toml", "alerts.recipients.ops"),
        ("[api]\nport = 70000", "child.toml", "api.port"),
        ("this is no TOML", "child.toml", "line 3"),
    ],
)
def test_a_fault_names_its_file_and_key(tmp_path: Path, more: str, place: str, words: str) -> None:
    with pytest.raises(BadSettings) as refused:
        load("child", {}, write(tmp_path, more))
    assert str(tmp_path / place) in str(refused.value)
    assert words in str(refused.value)


def test_a_fault_that_was_inherited_names_the_file_it_is_in(tmp_path: Path) -> None:
    folders = write(tmp_path, "", PARENT.replace("PT5M", "soon"))
    with pytest.raises(BadSettings, match=r"parent\.toml: durations\.poll: 'soon'"):
        load("child", {}, folders)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    folders = write(tmp_path, '[durations]\na = "x"\nb = "y"')
    with pytest.raises(BadSettings) as refused:
        load("child", {"MTD__TIME_ZONE": "Nowhere"}, folders)
    lines = str(refused.value).splitlines()
    assert len(lines) == 3
    assert lines[2].startswith("MTD__TIME_ZONE: time_zone")


def test_a_circle_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    folders = write(tmp_path, "", 'extends = "child"')
    with pytest.raises(BadSettings, match="child → parent → child"):
        load("child", {}, folders)
    with pytest.raises(BadSettings, match=r"no other\.toml in"):
        load("other", {}, folders)

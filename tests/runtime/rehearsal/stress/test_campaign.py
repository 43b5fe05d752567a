"""A campaign's report: what those added cost the others is told by a run without them."""

from typing import Any

from mtd.runtime.rehearsal.figures import Check, Figure, Report
from mtd.runtime.rehearsal.stress.campaign import Played, reported

RAISED = "p95 raised by those added, all"
RAISED_FIRST = "p95 raised by them, the first batch"


def played(lasted_s: list[float], late: int = 0, **other: Any) -> Played:
    lasted = {str(n): seconds for n, seconds in enumerate(lasted_s)}
    usual: dict[str, Any] = {"took_s": 10.0, "cpu_s": 5.0, "checks": [Check(name="a", passed=True)]}
    return Played(lasted_s=lasted, late=[*lasted][len(lasted) - late :], **(usual | other))


def named(report: Report) -> dict[str, Figure]:
    return {figure.name: figure for figure in report.figures}


def test_the_raise_is_against_the_run_without_them() -> None:
    alone = played([1.0] * 5 + [10.0] * 95)
    whole = played([1.0] * 5 + [11.5] * 95 + [10.5] * 10, late=10)
    found = named(reported(whole, alone, "native"))
    assert round(found[RAISED].value, 6) == 15.0 and found[RAISED].reached is False
    assert round(found[RAISED_FIRST].value, 6) == 15.0
    found = named(reported(played([10.5] * 100), alone, "native"))
    assert round(found[RAISED].value, 6) == 5.0 and found[RAISED].reached is True


def test_without_such_a_run_nothing_is_said_of_it() -> None:
    found = named(reported(played([1.0, 3.0]), None, "native"))
    assert RAISED not in found and found["orders"].value == 2
    assert found["CPU of everything, simulators included"].value == 2500.0


def test_what_fails_in_either_run_fails_the_report() -> None:
    bad = played([1.0], checks=[Check(name="a", passed=False)])
    assert reported(played([1.0]), played([1.0]), "native").passed
    assert not reported(bad, played([1.0]), "native").passed
    report = reported(played([1.0]), bad, "native")
    assert not report.passed
    assert [check.name for check in report.checks] == ["a", "alone: a"]


def test_who_issues_decides_how_long_a_campaign_may_take() -> None:
    whole = played([1.0], took_s=250.0)
    end = "from the first file to the last end"
    assert named(reported(whole, None, "native"))[end].reached is True
    assert named(reported(whole, None, "paperless"))[end].reached is False

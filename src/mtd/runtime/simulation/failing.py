"""Failing: rules that give nothing for a while, until somebody puts a variable right."""

from mtd.runtime.simulation.drafting import CALLED, Draft

COSTLY = "{ f: function(k) if k <= 0 then 0 else f(k - 1), r: f(n * 30) }.r"
"""It takes more calls than it may where `n` is 3 or more."""
UNKNOWN = "if n > 2 then null else 1"
FAILING_OF = 3
"""One rule of so many may fail."""


def given(draft: Draft, activity: str, table: str = "subprocess") -> None:
    """Perhaps `activity` gives something when it is done, by a rule that may fail."""
    if draft.pick(FAILING_OF) == 0:
        called = f'process = "{CALLED}"\n' if table == "call" else ""
        draft.bind(table, activity, f'{called}output = {{ given = "{COSTLY}" }}')


def collected(draft: Draft, activity: str) -> None:
    """Perhaps each body of `activity` does."""
    if draft.pick(FAILING_OF) == 0:
        draft.bind("loop", activity, f'output_item = "{COSTLY}"\noutput_collection = "given"')


def keyed(draft: Draft, message: str) -> None:
    """Perhaps the key of `message` is not known."""
    if draft.pick(FAILING_OF) == 0:
        draft.bind("message", message, f'name = "{message}"\nkey = "{UNKNOWN}"')


def asked_again(draft: Draft, condition: str) -> str:
    """`condition` of a loop, as it is written in a file; perhaps nobody can say."""
    if draft.pick(FAILING_OF):
        return condition
    return f"if {COSTLY} = 0 then {condition} else false".replace("<", "&lt;")

"""Settings of a provider that cannot be used are told by their place, before anything is sent."""

from typing import Any

import msgspec
import pytest

from mtd.connectors.generic import Options
from tests.connectors.generic.talking import PROVIDER


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"issue": {"path": '"/a', "answers": [{"when": "true", "state": "accepted"}]}}, "path: "),
        (
            {"issue": {"path": '"/a"', "answers": [{"when": "status =", "state": "accepted"}]}},
            "answers[0]",
        ),
        ({"find": None}, "find: needed"),
        ({"find": {**PROVIDER["options"]["find"], "method": "POST"}}, "find.method"),
        ({"issue": {"path": '"/a"', "answers": [{"when": "true", "state": "fine"}]}}, "state"),
    ],
)
def test_settings_that_cannot_be_used_say_where(change: dict[str, Any], says: str) -> None:
    with pytest.raises(msgspec.ValidationError) as raised:
        msgspec.convert({**PROVIDER["options"], **change}, Options)
    assert says in str(raised.value)

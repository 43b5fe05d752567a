"""The first page: it says that all is well only when nothing waits for whoever reads it."""

import pytest

from tests.faces.portal.rights import seated
from tests.faces.portal.stand import Stand

FINE = "Todo en orden"


@pytest.mark.parametrize(("permissions", "fine"), [("files.see", False), ("audit.see", True)])
async def test_all_is_well_only_where_nothing_waits(
    stand: Stand, permissions: str, fine: bool
) -> None:
    async with seated(stand, {"overview.see", permissions}) as seat:
        status, page = await seat.answer("GET", "/")
    assert status == 200
    assert (FINE in page) == fine

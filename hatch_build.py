"""What the build of the wheel does besides copying: the portal's assets are built into it."""

import importlib.util
import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILDING = Path(__file__).parent / "src" / "mtd" / "runtime" / "building.py"


class Assets(BuildHookInterface):
    """Builds the assets before a wheel is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is stale; an editable installation builds when it starts."""
        del build_data
        if version == "editable":
            return
        spec = importlib.util.spec_from_file_location("building", BUILDING)
        assert spec is not None and spec.loader is not None
        building = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(building)
        building.build(os.environ)

"""A drawing that breaks each static rule, by the rule's name."""

from tests.core.process.rules.broken_files import FILES
from tests.core.process.rules.broken_flows import FLOWS
from tests.core.process.rules.broken_nodes import NODES
from tests.core.process.rules.pieces import Broken

BROKEN: dict[str, Broken] = FILES | FLOWS | NODES

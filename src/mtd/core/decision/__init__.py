"""Decisions: FEEL expressions and DMN models, compiled once to closures on exact decimals."""

from mtd.core.decision.decisions import Decisions, compile_model, faults
from mtd.core.decision.model import DmnError, Fault, Model
from mtd.core.decision.place import DecisionError
from mtd.core.decision.reader import read_dmn

__all__ = [
    "DecisionError",
    "Decisions",
    "DmnError",
    "Fault",
    "Model",
    "compile_model",
    "faults",
    "read_dmn",
]

"""Floor 1: pure values and functions; no clock, no chance, no I/O."""

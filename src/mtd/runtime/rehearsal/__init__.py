"""Rehearsals: everything run against simulated legacy systems, with generated orders."""

"""Alerts: rules that are looked after off the engine's path, and what is done about findings."""

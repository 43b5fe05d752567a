"""Tests of the runtime's room of alerts."""

"""Tests of the store's room of reports."""

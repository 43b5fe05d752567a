"""Alerts as people see them, and their rules as forms."""

"""The purchase order: its value, its XML and JSON, its rules and its states."""

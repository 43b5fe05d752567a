"""Counts: a reader of the journal counts by hour and day, apart from the engine and the pages."""

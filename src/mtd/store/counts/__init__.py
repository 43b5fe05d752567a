"""The counts by hour and day that are read off the journal, and what they say."""

"""The house style and the floors, checked; each check is shown to bite."""

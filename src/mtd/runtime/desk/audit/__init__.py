"""The sealed record of what people did, and the check that nobody altered it."""

"""Who may come in, what they keep, and the sealed record of what they did."""

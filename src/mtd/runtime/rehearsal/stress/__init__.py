"""The stress runs: load profiles, kills, and what must hold when they have ended."""

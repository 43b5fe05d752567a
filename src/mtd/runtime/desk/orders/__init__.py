"""Orders as agents see them: found, listed, told, diagnosed, corrected, moved."""

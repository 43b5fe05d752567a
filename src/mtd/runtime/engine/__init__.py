"""The engine: one worker, and the turns it takes."""

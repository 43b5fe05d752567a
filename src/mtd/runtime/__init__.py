"""Floor 3: the turn, the hands and the doors' functions, wired to the store and the connectors."""

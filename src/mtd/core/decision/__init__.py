"""Decisions: FEEL expressions and DMN models, compiled once to closures on exact decimals."""

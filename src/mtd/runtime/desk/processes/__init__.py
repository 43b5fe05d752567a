"""The drawings: what is deployed, where its orders are, and what is let go live."""

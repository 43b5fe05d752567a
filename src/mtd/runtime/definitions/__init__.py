"""Definitions: what is deployed, what belongs to it, and what begins by itself."""

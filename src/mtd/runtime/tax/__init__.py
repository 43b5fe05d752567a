"""Tax documents at runtime: folios, keys and what is issued with them."""

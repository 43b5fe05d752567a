"""Tax documents: folios, envelopes, and what authority and buyers said of them."""

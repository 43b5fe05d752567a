"""The countries: one package each, none of which knows another."""

"""Settings: what a customer and the environment say, checked before anything starts."""

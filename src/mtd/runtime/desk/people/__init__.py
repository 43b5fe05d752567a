"""Who comes in: accounts and roles, sessions, keys, and the company's own provider of identity."""

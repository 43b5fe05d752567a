"""The store: PostgreSQL, the only folder that speaks SQL; everything goes in sets."""

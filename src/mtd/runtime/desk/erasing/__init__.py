"""Erasing: a person whom orders are about is forgotten, but for what the law makes us keep."""

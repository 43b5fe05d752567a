"""The hands: calls to legacy systems, each within that system's bounds."""

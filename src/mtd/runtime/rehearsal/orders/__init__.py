"""Generated orders, and the trouble scripted for them."""

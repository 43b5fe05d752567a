"""The portal over millions of orders: loaded, looked through, and crowded."""

"""The legacy systems around MTD as real servers with faults on order; imports nothing of mtd."""

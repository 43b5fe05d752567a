"""Peru: electronic receipts (CPE) of the SUNAT."""

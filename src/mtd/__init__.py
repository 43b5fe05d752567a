"""MTD, the Digital Transactional Engine: drawings of processes run durably for purchase orders."""

__version__ = "0.1.0"

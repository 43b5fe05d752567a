-- Documents that somebody asks for directly: a door numbers and writes them in one transaction.

GRANT INSERT ON tax_document TO mtd_door;
GRANT UPDATE (first, recalled) ON folio_block TO mtd_door;

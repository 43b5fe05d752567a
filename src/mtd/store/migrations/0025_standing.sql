-- The doors tell how an instance stands by its snapshot: a long journal is not read from its beginning.

GRANT SELECT ON snapshot TO mtd_door;

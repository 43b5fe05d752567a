"""Chile: electronic tax documents (DTE) of the Servicio de Impuestos Internos (SII)."""

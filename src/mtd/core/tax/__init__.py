"""Tax documents: what a country's law asks of a sale, as values; nothing here sends or stores."""

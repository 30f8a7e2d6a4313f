"""Objects by their digest: pictures, titles, notes."""

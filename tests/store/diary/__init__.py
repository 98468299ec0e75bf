"""An app that no part of the product knows: its table is imported, mirrored and taken back because it says how."""

"""An app that no part of the product knows: what it declares is asked, said and shown because it says how."""

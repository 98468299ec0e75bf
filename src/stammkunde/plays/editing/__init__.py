"""Changing a play card by card: forms over a part of its content, and acts on its steps. A draft is always whole."""

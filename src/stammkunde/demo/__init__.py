"""A company to try things on: deterministic, believable, German."""

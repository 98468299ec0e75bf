"""What `tools/record.py` is made of."""

"""What the database needs beside rows: what it was called in earlier versions, and how a folder of then comes over."""

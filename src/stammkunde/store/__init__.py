"""What the database needs beside rows: bulk in and out of it (`bulk`), and what it was called earlier (`renames`)."""

"""
What stands beside rows: bulk in and out of the database (`bulk`), what it was called earlier (`renames`), and what is
kept for a while and can be made again (`kept`).
"""

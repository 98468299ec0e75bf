"""The words to find customers by, from the customer and the people there: `customers.policy.search_text`, in bulk."""

from stammkunde.intake.staging.engine import Engine

_OF_CUSTOMER = ("name", "number", "email", "city")
_OF_PERSON = ("first_name", "last_name", "email")

# Whose words may change: customers in the file, and customers whose people are, or were until now.
_TOUCHED = """
    CREATE TABLE touched AS
    SELECT source FROM checked_customers
    UNION SELECT customer_source FROM checked_contact_persons WHERE customer_source IS NOT NULL
    UNION SELECT was.source FROM checked_contact_persons c
        JOIN existing_contact_persons e ON e.source = c.source JOIN existing_customers was ON was.id = e.customer_id
"""


def prepare(engine: Engine) -> None:
    """Make `touched` and `words` (customer → the words of the people there, as they will be)."""
    engine.run(_TOUCHED)
    new = ", ".join(_of_file(engine, one) for one in _OF_PERSON)
    old = ", ".join(f"e.{one}" for one in _OF_PERSON)
    text = ", ".join(f"nullif({one}, '')" for one in _OF_PERSON)
    engine.run(
        f"CREATE TABLE words AS SELECT customer, string_agg(concat_ws(' ', {text}), ' ' "  # noqa: S608
        "ORDER BY last_name, first_name, id NULLS LAST, source) AS words FROM ("
        f"SELECT c.customer_source AS customer, e.id, c.source, {new} "
        "FROM checked_contact_persons c LEFT JOIN existing_contact_persons e ON e.source = c.source "
        f"UNION ALL SELECT k.source, e.id, e.source, {old} "
        "FROM existing_contact_persons e JOIN existing_customers k ON k.id = e.customer_id "
        "WHERE e.source NOT IN (SELECT source FROM checked_contact_persons)"
        ") GROUP BY customer"
    )


def words(finals: dict[str, str]) -> str:
    """Give the SQL of a customer's `search`; a column that the file does not have stays as it is."""
    own = ", ".join(f"nullif({finals.get(one, f'e.{one}')}, '')" for one in _OF_CUSTOMER)
    return f"lower(concat_ws(' ', {own}, nullif(w.words, '')))"


def _of_file(engine: Engine, column: str) -> str:
    if not engine.has("contact_persons", column):
        return f"e.{column}"
    return f"coalesce(c.{column}, '') AS {column}"

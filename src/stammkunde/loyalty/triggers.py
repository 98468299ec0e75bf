# ruff: noqa: S608 - the names in these statements are our own
"""
What the database itself refuses: a move that does not follow from the one before, and any change of what was written.

A migration that alters one of these tables on SQLite rebuilds it and drops its triggers: end it with
`RunPython(triggers.install)`. `doctor` looks whether they are all there (`missing`).

Tests empty their tables. They make a table called `SWITCH` for as long as that takes; nobody else does.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

SWITCH = "loyalty_is_being_emptied"
TABLES = ("loyalty_move", "loyalty_booking", "loyalty_lot")
POTS = ("pending", "available", "held", "debt")

_SQLITE_CLOSED = f"WHEN NOT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '{SWITCH}')"
# A booking's reason may be emptied: it may say something about a person.
_FIXED = (
    *("id", "key", "body_hash", "account_id", "kind", "points", "of_id"),
    *("happened_on", "origin", "booked_at", "booked_by_id"),
)
_ONLY_FORGETS = "NEW.reason = '' AND " + " AND ".join(f"NEW.{one} IS NOT DISTINCT FROM OLD.{one}" for one in _FIXED)
_ONLY_FORGETS_SQLITE = _ONLY_FORGETS.replace("IS NOT DISTINCT FROM", "IS")

_FROM_NOTHING = " AND ".join(f"NEW.d_{one} = NEW.{one}" for one in POTS)
_BEFORE = "loyalty_move b WHERE b.account_id = NEW.account_id AND b.seq = NEW.seq - 1 AND " + " AND ".join(
    f"b.{one} + NEW.d_{one} = NEW.{one}" for one in POTS
)
_FROM_NOTHING_IN_LOT = "NEW.d_available = NEW.lot_left"
_BEFORE_IN_LOT = (  # + 0: found by the lot, never by going through the account
    "loyalty_move l WHERE l.lot_id = NEW.lot_id AND l.lot_seq = NEW.lot_seq - 1 AND l.account_id + 0 = NEW.account_id "
    "AND l.lot_left + NEW.d_available = NEW.lot_left"
)
_BOOKING = "loyalty_booking k WHERE k.id = NEW.booking_id AND k.account_id + 0 = NEW.account_id"
_LOT = "loyalty_lot o WHERE o.id = NEW.lot_id AND o.account_id + 0 = NEW.account_id"
_FOLLOWS = (
    f"(EXISTS (SELECT 1 FROM {_BOOKING}) AND ((NEW.seq = 1 AND {_FROM_NOTHING}) OR EXISTS (SELECT 1 FROM {_BEFORE})))"
)
_FOLLOWS_IN_LOT = (
    f"(NEW.lot_id IS NULL OR (NEW.lot_seq = 1 AND {_FROM_NOTHING_IN_LOT} AND EXISTS (SELECT 1 FROM {_LOT})) "
    f"OR EXISTS (SELECT 1 FROM {_BEFORE_IN_LOT}))"
)
# INSERT OR REPLACE deletes without asking any trigger.
_TAKEN = (
    "EXISTS (SELECT 1 FROM loyalty_move t WHERE t.id = NEW.id OR (t.account_id = NEW.account_id AND t.seq = NEW.seq) "
    "OR (t.booking_id = NEW.booking_id AND t.part = NEW.part) OR (t.lot_id = NEW.lot_id AND t.lot_seq = NEW.lot_seq))"
)


def _sqlite() -> dict[str, str]:
    """Give each trigger by its name."""
    found = {
        "move_chain": f"BEFORE INSERT ON loyalty_move WHEN {_TAKEN} OR NOT {_FOLLOWS} OR NOT {_FOLLOWS_IN_LOT} "
        "BEGIN SELECT RAISE(ABORT, 'move_chain'); END",
        "booking_stays": "BEFORE INSERT ON loyalty_booking "
        "WHEN EXISTS (SELECT 1 FROM loyalty_booking t WHERE t.id = NEW.id OR t.key = NEW.key) "
        "BEGIN SELECT RAISE(ABORT, 'booking_appended_only'); END",
        "lot_stays": "BEFORE INSERT ON loyalty_lot WHEN EXISTS (SELECT 1 FROM loyalty_lot t WHERE t.id = NEW.id "
        "OR (t.account_id = NEW.account_id AND t.key = NEW.key)) "
        "BEGIN SELECT RAISE(ABORT, 'lot_appended_only'); END",
    }
    for table in TABLES:
        name = f"{table.removeprefix('loyalty_')}_appended_only"
        unless = f" AND NOT ({_ONLY_FORGETS_SQLITE})" if table == "loyalty_booking" else ""
        refuse = f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
        found[name] = f"BEFORE DELETE ON {table} {_SQLITE_CLOSED} {refuse}"
        found[f"{name}_changed"] = f"BEFORE UPDATE ON {table} {_SQLITE_CLOSED}{unless} {refuse}"
    return found


def _refusing(name: str, body: str) -> str:
    # A plan that was made while a table was empty reads it from one end to the other, and is kept.
    is_one = "RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off"
    return f"CREATE OR REPLACE FUNCTION loyalty_{name}() {is_one} AS $$ BEGIN {body} END $$"


_RAISE = "RAISE EXCEPTION '{0}' USING ERRCODE = 'check_violation', CONSTRAINT = '{0}', TABLE = TG_TABLE_NAME;"
_APPENDED_ONLY = (
    f"IF to_regclass('{SWITCH}') IS NOT NULL THEN IF TG_OP = 'UPDATE' THEN RETURN NEW; END IF; RETURN OLD; END IF; "
    "IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'loyalty_booking' THEN "
    f"IF {_ONLY_FORGETS} THEN RETURN NEW; END IF; END IF; "
    "RAISE EXCEPTION '%_appended_only', substr(TG_TABLE_NAME, 9) USING ERRCODE = 'check_violation';"
)
_BROKEN = _RAISE.format("move_chain")
_FUNCTIONS = {
    # One look at a time: the same as one expression, as SQLite has it, takes three times as long.
    "move_chain": (
        f"PERFORM 1 FROM {_BOOKING}; IF NOT FOUND THEN {_BROKEN} END IF; "
        f"IF NEW.seq = 1 THEN IF NOT ({_FROM_NOTHING}) THEN {_BROKEN} END IF; "
        f"ELSE PERFORM 1 FROM {_BEFORE}; IF NOT FOUND THEN {_BROKEN} END IF; END IF; "
        "IF NEW.lot_id IS NULL THEN RETURN NEW; END IF; "
        f"IF NEW.lot_seq = 1 THEN IF NOT ({_FROM_NOTHING_IN_LOT}) THEN {_BROKEN} END IF; PERFORM 1 FROM {_LOT}; "
        f"ELSE PERFORM 1 FROM {_BEFORE_IN_LOT}; END IF; IF NOT FOUND THEN {_BROKEN} END IF; RETURN NEW;"
    ),
    "appended_only": _APPENDED_ONLY,
}


def _postgresql() -> dict[str, str]:
    found = {"move_chain": "BEFORE INSERT ON loyalty_move FOR EACH ROW EXECUTE FUNCTION loyalty_move_chain()"}
    for table in TABLES:
        name = f"{table.removeprefix('loyalty_')}_appended_only"
        does = "EXECUTE FUNCTION loyalty_appended_only()"
        found[name] = f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {does}"
        found[f"{name}_emptied"] = f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {does}"
    return found


def install(_apps: Any, schema_editor: Any) -> None:
    """Make them anew; for migrations, and harmless to repeat."""
    put_back(schema_editor.connection)


def remove(_apps: Any, schema_editor: Any) -> None:
    take_off(schema_editor.connection)


def put_back(connection: BaseDatabaseWrapper) -> None:
    """Make them anew."""
    take_off(connection)
    postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for name, body in _FUNCTIONS.items() if postgresql else ():
            cursor.execute(_refusing(name, body))
        for name, said in (_postgresql() if postgresql else _sqlite()).items():
            cursor.execute(f"CREATE TRIGGER {name} {said}")


def take_off(connection: BaseDatabaseWrapper) -> None:
    """Let everything be written; only for migrations that rebuild a table, and for what tests do behind them."""
    postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for name, said in (_postgresql() if postgresql else _sqlite()).items():
            on = f" ON {said.split(' ON ', 1)[1].split()[0]}" if postgresql else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Name the triggers that the database lacks, has otherwise than they should be, or has put out of action."""
    if connection.vendor == "postgresql":
        wanted = dict.fromkeys(_postgresql(), "O") | {f"{name}()": body for name, body in _FUNCTIONS.items()}
        asked = _OF_POSTGRESQL
    else:
        wanted = {name: f"CREATE TRIGGER {name} {said}" for name, said in _sqlite().items()}
        asked = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(asked)
        there = dict(cursor.fetchall())
    return [name for name, said in wanted.items() if said not in there.get(name, "")]


_OF_POSTGRESQL = """
    SELECT tgname::text, tgenabled::text FROM pg_trigger
    WHERE NOT tgisinternal AND tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = current_schema()::regnamespace)
    UNION ALL
    SELECT substr(proname, 9) || '()', prosrc FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'loyalty~_%' ESCAPE '~'"""

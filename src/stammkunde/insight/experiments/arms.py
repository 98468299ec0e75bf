"""
Sums of both arms of one draw: all that the estimate needs of many customers.

Sums of squares and products are taken exactly, in whole numbers, so that they are the same on every engine and no
digit is lost where a mean is large beside its spread.
"""

from dataclasses import dataclass
from fractions import Fraction

import duckdb
import narwhals as nw

from stammkunde.insight.errors import ColumnMissing, InvalidInput, WrongType
from stammkunde.insight.frames import Frame, Table, open_table, rows, total, whole_parts

LARGEST = 2**31  # in either direction, of an outcome or a covariate: 21 million euro in cents
HALF = 2**16  # numbers are split here, so that no sum of products leaves 64 bits
Number = int | float


@dataclass(frozen=True)
class Arm:
    """
    What is known of one arm of one draw.

    `n` customers; sums of outcomes `y`, of their squares `yy`, of the covariate `x`, of its squares `xx`, and of
    products of both `xy`. Whole numbers are reckoned with exactly, whatever their size.
    """

    n: int
    y: Number
    yy: Number
    x: Number = 0
    xx: Number = 0
    xy: Number = 0

    @property
    def mean(self) -> float:
        """Give the mean outcome."""
        return float(self.y / self.n)

    @property
    def covariate_mean(self) -> float:
        """Give the mean of the covariate."""
        return float(self.x / self.n)

    def squares(self) -> tuple[float, float, float]:
        """
        Give sums about the means of the arm.

        Returns:
            of squared outcomes, of the squared covariate, and of products of both.
        """
        pairs = ((self.yy, self.y, self.y), (self.xx, self.x, self.x), (self.xy, self.x, self.y))
        syy, sxx, sxy = (
            float(Fraction(total_) - Fraction(one) * Fraction(other) / self.n) for total_, one, other in pairs
        )
        return max(syy, 0.0), max(sxx, 0.0), sxy


@dataclass(frozen=True)
class Draw:
    """Both arms of one draw: whom chance let be contacted, and whom it held out; one share and one salt."""

    name: str
    treated: Arm
    held_out: Arm

    @property
    def customers(self) -> int:
        """Count the customers of both arms."""
        return self.treated.n + self.held_out.n


def sums(
    table: Table, *, outcome: str, treated: str, covariate: str | None = None, draw: str | None = None
) -> tuple[Draw, ...]:
    """
    Sum up customers by draw and arm where the table lives, in one pass.

    Args:
        table: whatever Narwhals accepts, or the path of a Parquet file; one row a customer.
        outcome: column of whole numbers: cents, a count, or 0 and 1.
        treated: column of truth values, or of 0 and 1: whether the draw let the customer be contacted.
        covariate: column of whole numbers in any unit, known before the customer entered; None: nothing is corrected.
        draw: column that tells draws apart: rounds, shares or salts; None: all are of one draw.

    Returns:
        the draws in the order of their names, each with both arms, of which one may be empty.

    Raises:
        ColumnMissing: the table lacks a column.
        WrongType: a column does not hold whole numbers.
        InvalidInput: a value is missing, or beyond 2^31 in either direction.
    """
    frame = open_table(table, duckdb.connect())
    _check(frame, {"outcome": outcome, "treated": treated, "covariate": covariate, "draw": draw})
    chosen = frame.select(
        nw.col(outcome).cast(nw.Int64).alias("y"),
        (nw.lit(0) if covariate is None else nw.col(covariate)).cast(nw.Int64).alias("x"),
        nw.col(treated).cast(nw.Int64).alias("treated"),
        (nw.lit("") if draw is None else nw.col(draw).cast(nw.String)).alias("draw"),
    )
    parts = chosen.with_columns(*(whole_parts(nw.col(name), HALF).alias(f"{name} high") for name in ("y", "x")))
    parts = parts.with_columns(
        *((nw.col(name) - nw.col(f"{name} high") * HALF).alias(f"{name} low") for name in ("y", "x"))
    )
    found = rows(parts.group_by("draw", "treated").agg(*_totals(), *_ends()))
    _check_rows(found)
    names = sorted({row["draw"] for row in found})
    arms = {(row["draw"], row["treated"]): _arm(row) for row in found}
    nobody = Arm(n=0, y=0, yy=0)
    return tuple(Draw(name, arms.get((name, 1), nobody), arms.get((name, 0), nobody)) for name in names)


def _check(frame: Frame, columns: dict[str, str | None]) -> None:
    schema = frame.collect_schema()
    for what, column in columns.items():
        if column is None:
            continue
        if column not in schema:
            raise ColumnMissing(f"There is no column '{column}' for the {what}. Found {', '.join(schema.names())}.")
        if what != "draw" and not (schema[column].is_integer() or schema[column] == nw.Boolean):
            raise WrongType(f"Column '{column}' holds {schema[column]}. Give whole numbers: cents, counts, or 0 and 1.")


PAIRS = {"yy": ("y", "y"), "xx": ("x", "x"), "xy": ("x", "y")}
PARTS = (("high", "high"), ("high", "low"), ("low", "high"), ("low", "low"))


def _totals() -> list[nw.Expr]:
    """Sum numbers, and their products part by part."""
    col = nw.col
    products = [
        total(col(f"{one} {a}") * col(f"{other} {b}"), name=f"{name} {a} {b}")
        for name, (one, other) in PAIRS.items()
        for a, b in PARTS
        if one != other or (a, b) != ("low", "high")  # of a square both mixed parts are the same
    ]
    return [nw.len().cast(nw.Int64).alias("n"), total("y", name="sum y"), total("x", name="sum x"), *products]


def _ends() -> list[nw.Expr]:
    known = [nw.col(name).count().cast(nw.Int64).alias(f"known {name}") for name in ("y", "x")]
    return [
        *known,
        *(nw.col(name).min().alias(f"least {name}") for name in ("y", "x")),
        *(nw.col(name).max().alias(f"most {name}") for name in ("y", "x")),
    ]


def _check_rows(found: list[dict[str, int]]) -> None:
    for row in found:
        if row["treated"] not in (0, 1) or row["draw"] is None:
            raise InvalidInput("A customer is of no arm, or of no draw. Give 0 or 1, and the name of a draw.")
        if min(row["known y"], row["known x"]) < row["n"]:
            raise InvalidInput("An outcome or a covariate is missing. Leave out whoever has none, in both arms.")
        if any(abs(row[f"{end} {name}"]) >= LARGEST for end in ("least", "most") for name in ("y", "x")):
            raise InvalidInput("An outcome or a covariate is beyond 2^31. Give it in a larger unit.")


def _arm(row: dict[str, int]) -> Arm:
    products = {
        name: row[f"{name} high high"] * HALF**2
        + (row[f"{name} high low"] + row.get(f"{name} low high", row[f"{name} high low"])) * HALF
        + row[f"{name} low low"]
        for name in PAIRS
    }
    return Arm(n=row["n"], y=row["sum y"], x=row["sum x"], **products)

"""What is told of an effect."""

from dataclasses import dataclass, replace

from stammkunde.insight.errors import InvalidInput

VISIBLE = 2.487  # standard errors: seen in four of five cases (0.842) by an interval of 90 % (1.645)


@dataclass(frozen=True)
class Moved:
    """A customer who moves the effect: her row, counted from 0, and by how much less it would be without her."""

    row: int
    by: float


@dataclass(frozen=True)
class Effect:
    """
    Treated less held out, per customer, in the unit of the outcome.

    `effect` lies between `low` and `high` with `confidence`, by `se` and Student's t of `df` degrees of freedom.
    `uncorrected` is the plain difference of means, with its own interval. Of the customers of draws that were too
    small, `left_out`, nothing is said. `moved` are the three who move the effect most, where rows were looked at.
    """

    treated: int
    held_out: int
    held_out_mean: float
    effect: float
    se: float
    df: float
    low: float
    high: float
    confidence: float
    uncorrected: float
    uncorrected_se: float
    uncorrected_low: float
    uncorrected_high: float
    draws: int = 1
    left_out: int = 0
    reached_share: float | None = None  # of the treated, whom it reached
    moved: tuple[Moved, ...] = ()

    @property
    def corrected_by(self) -> float:
        """Tell how much of the plain difference was chance in whom the draw took, going by the covariate."""
        return self.uncorrected - self.effect

    @property
    def customers(self) -> int:
        """Count both arms."""
        return self.treated + self.held_out

    @property
    def share(self) -> float:
        """Give the share that was held out."""
        return self.held_out / self.customers

    @property
    def smallest_visible(self) -> float:
        """Give the smallest effect that an interval of 90 % would show in four of five cases."""
        return VISIBLE * self.se

    @property
    def total(self) -> tuple[float, float, float]:
        """Give the effect on all treated, reached or not, with both ends of its interval."""
        return self.treated * self.effect, self.treated * self.low, self.treated * self.high

    @property
    def per_reached(self) -> tuple[float, float, float] | None:
        """Give the effect per customer who was reached, with its interval; None: nothing is known of who was."""
        if self.reached_share is None:
            return None
        return self.effect / self.reached_share, self.low / self.reached_share, self.high / self.reached_share

    def within(self, multiple: float) -> "Effect":
        """
        Give the same effect with an interval of so many standard errors: that of a planned look.

        Args:
            multiple: standard errors to either side, above 0.

        Returns:
            the effect; `uncorrected` keeps its interval.

        Raises:
            InvalidInput: the multiple is not above 0.
        """
        if not multiple > 0:
            raise InvalidInput(f"The multiple is {multiple}. Give one above 0.")
        return replace(self, low=self.effect - multiple * self.se, high=self.effect + multiple * self.se)

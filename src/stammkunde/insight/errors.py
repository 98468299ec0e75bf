"""Why an answer is refused. Every refusal names what is wrong and what would cure it."""


class CannotAnswer(Exception):
    """An honest answer is impossible; the subclasses say why."""


class ColumnMissing(CannotAnswer):
    """A table lacks a column that the question needs."""


class WrongType(CannotAnswer):
    """A column holds another kind of value than the schema says."""


class UnlikeEngines(CannotAnswer):
    """Two tables live in different engines, so they cannot be joined."""


class PeriodUnclear(CannotAnswer):
    """A text names no year, quarter or month."""


class KpiUnknown(CannotAnswer):
    """No figure has this name."""


class SliceUnknown(CannotAnswer):
    """Figures cannot be sliced by this name."""


class InvalidInput(CannotAnswer):
    """A number is outside what the question allows."""


class NotEnoughData(CannotAnswer):
    """The facts are too few for an answer that means something."""


class DoesNotFit(CannotAnswer):
    """The facts contradict the model, so its numbers would mean nothing."""


class InvalidRule(CannotAnswer):
    """
    A rule says something that cannot be asked.

    Args:
        text: what is wrong, and the cure.
        place: where in the rule, counted from 1: `all.2.happened.where.1`; empty: the rule itself.
        code: what is wrong, in one word for programs: `unknown_field`.
        about: what the rule says there, as text.
    """

    def __init__(self, text: str, *, place: str, code: str, about: str = "") -> None:
        super().__init__(f"{place}: {text}" if place else text)
        self.text, self.place, self.code, self.about = text, place, code, about

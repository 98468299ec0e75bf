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

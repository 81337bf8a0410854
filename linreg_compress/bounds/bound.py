"""The record of a bound: a number is worth nothing without what it bounds and what it assumes."""

from dataclasses import dataclass
from typing import Literal

GENERALIZATION_ERROR = "generalization_error"
SAME_INPUTS = "same_inputs_generalization_error"
POPULATION_RISK = "population_risk"


@dataclass(frozen=True)
class Bound:
    """A bound on an error."""

    name: str
    """Short name for tables."""
    value: float
    """In squared units of y; a relative error has no unit."""
    of: str
    """The quantity that is bounded: ``generalization_error`` (new inputs, new noise), ``same_inputs_generalization_error``
    (the training inputs, fresh noise), ``population_risk``, or ``relative_generalization_error`` (the share of the
    population risk that training does not show).
    """
    kind: Literal["upper", "lower", "tight"]
    """On which side of that quantity the value lies; a "tight" one equals it."""
    assumptions: tuple[str, ...]
    """What the theorem needs."""
    reference: str
    """Who proved it, with the theorem's number."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", float(self.value))  # of NumPy's doubles too, which print as np.float64(...)


SEES_WEIGHTS_ALONE = "the code sees W alone, so I(S; What) = I(W; What)"
GAUSSIAN_DATA = "Gaussian features and noise"

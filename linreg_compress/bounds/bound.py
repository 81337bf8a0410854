"""The record of a bound: a number is worth nothing without what it bounds and what it assumes."""

from dataclasses import dataclass
from typing import Literal

GENERALIZATION_ERROR = "generalization_error"
SAME_INPUTS = "same_inputs_generalization_error"


@dataclass(frozen=True)
class Bound:
    """A bound on an error.

    Attributes
    ----------
    name : str
    value : float
        In squared units of y.
    of : str
        The quantity that is bounded: ``generalization_error`` (new inputs, new noise) or
        ``same_inputs_generalization_error`` (the training inputs, fresh noise).
    kind : {"upper", "lower", "tight"}
    assumptions : tuple of str
    reference : str
    """

    name: str
    value: float
    of: str
    kind: Literal["upper", "lower", "tight"]
    assumptions: tuple[str, ...]
    reference: str


SEES_WEIGHTS_ALONE = "the code sees W alone, so I(S; What) = I(W; What)"
GAUSSIAN_DATA = "Gaussian features and noise"

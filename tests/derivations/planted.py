"""One step of a derivation by itself, right or with an error planted in it."""

from dataclasses import replace
from typing import Any

from linreg_compress.derivations.ledger import Derivation


def alone(derivation: Derivation, label: str, right: Any = None) -> Derivation:
    """Return a derivation that consists of one labelled step alone, with another right side if one is given."""
    step = derivation.line(label)
    step = replace(step, right=step.right if right is None else right, depends_on=())
    return replace(derivation, steps=(step,), checks=(), conclusion=1)

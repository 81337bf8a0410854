"""The two densities that most proofs start from."""

from typing import Any

import sympy as sp


def chi_square(value: Any, degrees: Any) -> Any:
    """Density of a chi-square with `degrees` degrees of freedom at `value`."""
    return value ** (degrees / 2 - 1) * sp.exp(-value / 2) / (2 ** (degrees / 2) * sp.gamma(degrees / 2))


def gaussian(value: Any, variance: Any = 1) -> Any:
    """Density of N(0, variance) at `value`."""
    return sp.exp(-(value**2) / (2 * variance)) / sp.sqrt(2 * sp.pi * variance)

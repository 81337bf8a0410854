"""All numbers of a simulation, for tests that compare two to the last bit."""

from dataclasses import astuple, replace
from typing import Any

from linreg_compress.monte_carlo.quantities import Simulation


def bits_of(found: Simulation) -> tuple[Any, ...]:
    """Return every number, without the model that they are from and the names of its channels."""
    return astuple(replace(found, model=None))[:-2]

"""Risks that are known given the design, averaged over simulated spectra of Gaussian designs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from linreg_compress._validation import FloatArray
from linreg_compress.compressed_risk.record import VALUES, CompressedRisks
from linreg_compress.least_squares.spectrum import average_over_spectra


def averaged_risks(
    given: Callable[[FloatArray], CompressedRisks],
    samples: int,
    features: int,
    *,
    spectra: int,
    rng: np.random.Generator | None = None,
) -> CompressedRisks:
    """Average `given`, which maps spectra of shape (k, d) to risks of shape (k,); see `average_over_spectra`.

    For n in {d, d + 1} least squares has an infinite population risk, so the change is -inf.
    """

    def rows(g: FloatArray) -> FloatArray:
        found = given(g)
        return np.stack([getattr(found, name) for name in VALUES], axis=-1)

    means, errors = average_over_spectra(rows, samples, features, spectra=spectra, rng=rng)
    values: dict[str, Any] = dict(zip(VALUES, means, strict=True))
    found = CompressedRisks(**values, errors=dict(zip(VALUES, errors.tolist(), strict=True)), spectra=spectra)
    if samples > features + 1:
        return found
    return with_infinite(found, population_risk_change=np.array(-np.inf)[()])


def with_infinite(found: CompressedRisks, **infinite: FloatArray) -> CompressedRisks:
    """Return the record with these means in place of its own; an infinite mean has no standard error."""
    changed: dict[str, Any] = {**infinite}
    return replace(found, **changed, errors={name: error for name, error in found.errors.items() if name not in infinite})

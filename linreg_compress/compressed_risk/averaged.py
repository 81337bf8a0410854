"""Risks that are known given the design, averaged over simulated spectra of Gaussian designs."""

from collections.abc import Callable, Collection
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
    infinite: Collection[str] = (),
) -> CompressedRisks:
    """Average `given`, which maps spectra of shape (k, d) to risks of shape (k,); see `average_over_spectra`.

    `infinite` names the fields whose expectation is infinite, which no average shows; they have no standard error. For n in
    {d, d + 1} least squares has an infinite population risk, so the change is -inf.
    """

    def rows(g: FloatArray) -> FloatArray:
        found = given(g)
        return np.stack([getattr(found, name) for name in VALUES], axis=-1)

    means, errors = average_over_spectra(rows, samples, features, spectra=spectra, rng=rng)
    values: dict[str, Any] = dict(zip(VALUES, means, strict=True))
    values |= dict.fromkeys(infinite, np.array(np.inf)[()])
    if samples <= features + 1:
        values["population_risk_change"] = np.array(-np.inf)[()]
    found = zip(VALUES, errors.tolist(), strict=True)
    return CompressedRisks(
        **values, errors={name: error for name, error in found if np.isfinite(values[name])}, spectra=spectra
    )

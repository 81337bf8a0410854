"""The record of exact risks after a compression."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field

from linreg_compress._validation import FloatArray
from linreg_compress.least_squares.risk import Risks
from linreg_compress.records import readable

VALUES = (
    "empirical_risk",
    "population_risk",
    "generalization_error",
    "excess_risk",
    "distortion",
    "population_risk_change",
    "normalized_distortion",
)


@readable
@dataclass(frozen=True, eq=False)
class CompressedRisks(Risks):
    """Expected risks of What, beside what compression changed; squared units of y."""

    distortion: FloatArray
    """Expected increase of the empirical risk, ``E [L_S(What) - L_S(W)]``."""
    population_risk_change: FloatArray
    """``E [L_mu(What) - L_mu(W)]`` on shared data; negative where compression helps."""
    normalized_distortion: FloatArray
    """Fraction of the source variance left as distortion."""
    errors: Mapping[str, float] = field(default_factory=dict, kw_only=True)
    """Standard errors by the names of the fields, of an average over random designs: nan where the value is infinite. Empty
    where all is exact.
    """
    spectra: int = field(default=0, kw_only=True)
    """Number of simulated designs that the risks are averaged over; 0 where all is exact."""

    @property
    def compression_helps(self) -> FloatArray:
        """Whether the population risk falls."""
        return self.population_risk_change < 0

    @property
    def standard_errors(self) -> Mapping[str, float]:
        """The older name of `errors`."""
        _warn_of("standard_errors", "errors")
        return self.errors

    @property
    def risks(self) -> "CompressedRisks":
        """The record itself, which once held its means in a record of their own."""
        _warn_of("risks", "the record itself")
        return self


def _warn_of(old: str, new: str) -> None:
    warnings.warn(f"{old} is now {new}; the old name goes with 0.3.", DeprecationWarning, stacklevel=3)

"""The record of exact risks after a compression."""

from collections.abc import Mapping
from dataclasses import dataclass

from linreg_compress._validation import FloatArray
from linreg_compress.least_squares.risk import Risks


@dataclass(frozen=True, eq=False)
class CompressedRisks(Risks):
    """Expected risks of What, beside what compression changed; squared units of y."""

    distortion: FloatArray
    """Expected increase of the empirical risk, ``E [L_S(What) - L_S(W)]``."""
    population_risk_change: FloatArray
    """``E [L_mu(What) - L_mu(W)]`` on shared data; negative where compression helps."""
    normalized_distortion: FloatArray
    """Fraction of the source variance left as distortion."""

    @property
    def compression_helps(self) -> FloatArray:
        """Whether the population risk falls."""
        return self.population_risk_change < 0

    @property
    def errors(self) -> Mapping[str, float]:
        """Standard errors by the names of the fields; empty, because all of them are exact."""
        return {}


@dataclass(frozen=True, eq=False)
class AveragedRisks(CompressedRisks):
    """Risks averaged over random designs, with what the averaging cost."""

    standard_errors: Mapping[str, float]
    """One for every field of `CompressedRisks`; the control variates are accounted for."""
    spectra: int
    """Number of simulated spectra."""

    @property
    def errors(self) -> Mapping[str, float]:
        """Standard errors by the names of the fields."""
        return self.standard_errors

    @property
    def risks(self) -> CompressedRisks:
        """The record itself, which once held its means in a record of their own."""
        return self

"""The record of exact risks after a compression."""

from dataclasses import dataclass

from linreg_compress._validation import FloatArray
from linreg_compress.risk import Risks


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

"""What `advise` answers."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from linreg_compress.advice.assumptions import Assumption
from linreg_compress.advice.shipping import Shipped
from linreg_compress.least_squares.moments import Design, Fitted

Interval = tuple[float, float]


@dataclass(frozen=True)
class CurvePoint:
    """One code, or a yardstick. Changes are those of the error on new rows, in units of the excess risk; below 0 gains."""

    quantizer: str
    """One of `linreg_compress.compression.batches.QUANTIZERS`; of a yardstick its name."""
    bits_per_weight: int
    """b, of an index of fixed length; 0 for a yardstick."""
    verdict: str
    """Either lowers, raises or open (`linreg_compress.advice.verdict`)."""
    measured_change: float
    """Mean over left-out rows; not below -1, which no code can reach on average."""
    measured_interval: Interval
    """One standard error either way, but not below -1 either: so it may be lopsided. It has no level of confidence."""
    predicted_change: float
    """What theory says (`linreg_compress.advice.theory`)."""
    agrees: bool
    """Whether the two are at most three standard errors apart."""
    measured_percent: float
    """`measured_change` in percent of the error on new rows."""
    percent_interval: Interval
    """`measured_interval` in percent of the error on new rows."""
    predicted_percent: float
    """`predicted_change` in percent of the error on new rows."""
    predicted_cost_percent: float
    """Signal that the code loses in theory, with the noise that it adds."""
    predicted_saving_percent: float
    """Noise of the estimate that it removes in theory."""
    lossless: bool
    """Whether the codebook holds every weight, so that nothing is compressed; such a point is never recommended."""


@dataclass(frozen=True, eq=False, repr=False)
class Findings:
    """Whether these weights should be quantized, to how many bits, and what is known of it."""

    verdict: str
    """Either lowers, raises or open: what the code `verdict_code` does to the error on new rows."""
    verdict_code: CurvePoint
    """The coarsest code of the plainest quantizer: finer ones do less of the same."""
    reason: str
    """Why the verdict is open; empty if it is not."""
    recommended: CurvePoint | None
    """Fewest bits that cost at most `tolerance`, measured (upper end) and in theory; None where no code is cheap enough."""
    error: float
    """Mean squared error of least squares on left-out rows, squared units of y."""
    excess_risk: float
    """What estimating the weights adds to the error on new rows, ``sigma^2 d / (n - d - 1)``, squared units of y."""
    noise_variance: float
    """sigma^2, ``|y - X W|^2 / (n - d)``."""
    signal_variance: float
    """tau^2: what a true weight adds to the variance of the predictions, on average."""
    weight_noise: float
    """v, the excess risk for each weight."""
    variance_inflation: float
    """kappa, mean variance-inflation factor of the columns."""
    r_squared: float
    """R^2 on the rows at hand."""
    rows: int
    """n."""
    repeated_rows: int
    """Rows that repeat an earlier row."""
    groups: int
    """Groups of rows that stay together in a fold."""
    columns: int
    """d."""
    folds: int
    """Folds that were measured."""
    folds_left_out: int
    """Folds without a fit, because a column is constant in the other rows."""
    still_columns: tuple[str, ...]
    """These columns."""
    curve: list[CurvePoint]
    """A point for each quantizer and number of bits."""
    ridge: CurvePoint
    """Ridge regression instead."""
    no_weights: CurvePoint
    """All weights dropped."""
    assumptions: list[Assumption]
    """What is taken for granted, held against the data."""
    tolerance: float
    """Share of the error on new rows that compression may cost."""
    seed: int
    """Seed of the folds."""
    design: Design
    """The table in standard units."""
    fitted: Fitted
    """The least-squares fit."""
    shipped: Shipped
    """The quantized weights, of `recommended`, or of the code with the lowest measured upper end if there is none."""
    shipped_as: CurvePoint
    """The point that `shipped` belongs to."""

    @property
    def compression_helps(self) -> bool | None:
        """True, False, or None where the verdict is open."""
        return {"lowers": True, "raises": False}.get(self.verdict)

    @property
    def recommended_bits_per_weight(self) -> int | None:
        """Bits of the recommended point; None where no point is cheap enough."""
        return None if self.recommended is None else self.recommended.bits_per_weight

    def to_frame(self) -> Any:
        """Return the curve as a pandas data frame, a row for each code; without pandas there is ``advice.curve``."""
        from importlib import import_module

        return import_module("pandas").DataFrame([asdict(point) for point in self.curve])

    def record(self) -> dict[str, Any]:
        """Return all but the arrays as plain data."""
        left_out = ("design", "fitted", "shipped", "shipped_as")
        plain: dict[str, Any] = {"verdict": self.verdict, "compression_helps": self.compression_helps}
        plain |= {field.name: _plain(getattr(self, field.name)) for field in fields(self) if field.name not in left_out}
        plain["recommended_bits_per_weight"] = self.recommended_bits_per_weight
        size, design = self.shipped.size, self.design
        plain |= {"size": size, "bytes_shipped": sum(size.values()), "bytes_float32": self.shipped.float32}
        plain |= {"target": design.target_name, "column_names": list(design.names)}
        return plain | {"standardize": design.standardize, "intercept": design.intercept}


def _plain(value: Any) -> Any:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value

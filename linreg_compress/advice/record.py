"""What `advise` answers."""

from dataclasses import dataclass, fields
from typing import Any

from linreg_compress._validation import FloatArray
from linreg_compress.advice.design import Design
from linreg_compress.advice.diagnostics import Diagnostic
from linreg_compress.advice.fitting import Fitted
from linreg_compress.compression.channel import Coded

Interval = tuple[float, float]


@dataclass(frozen=True)
class CurvePoint:
    """One quantizer at one number of bits; changes in squared units of the target, negative is better."""

    quantizer: str
    """One of `linreg_compress.advice.quantizers.QUANTIZERS`."""
    bits_per_weight: int
    """b, of an index of fixed length."""
    levels: int
    """2^b."""
    stored_bits_per_weight: float
    """With the numbers that the decoder needs beside the indices, 16 bits each: levels of these weights, or a scale."""
    predicted_change: float
    """Median of what the data leave open of the expected change on new rows."""
    predicted_interval: Interval
    """Quantiles of the same."""
    predicted_share: float
    """`predicted_change` over the excess risk of least squares."""
    probability_of_gain: float
    """Probability that the expected change is negative."""
    probability_within_tolerance: float
    """Probability that it stays below the tolerance."""
    training_increase: float
    """What quantizing the weights at hand adds to the mean squared error of the rows at hand: known."""
    change_of_this_fit: float
    """What is expected of a fit with this `training_increase`."""
    interval_of_this_fit: Interval
    """Where the change for the weights at hand lies, luck included."""
    predicted_change_at_check: float
    """What the check should find: expected of fits with its number of rows and their mean training increase."""
    measured_change: float
    """Mean paired difference on left-out rows."""
    measured_interval: Interval
    """Interval of that mean."""
    disagreement: float
    """Measured less predicted, over the standard error of both."""
    agrees: bool
    """Whether that is chance."""
    lossless: bool
    """Whether the codebook holds every weight, so that nothing is compressed; such a point is never recommended."""


@dataclass(frozen=True)
class Yardstick:
    """What else could be done: ridge regression, or dropping all weights."""

    name: str
    """Either ridge or no weights."""
    predicted_change: float
    """Median of what the data leave open of the expected change on new rows."""
    predicted_interval: Interval
    """Quantiles of the same."""
    measured_change: float
    """Mean paired difference on left-out rows."""
    measured_interval: Interval
    """Interval of that mean."""


@dataclass(frozen=True)
class Leverage:
    """Extremes of the leverages, ``1 / n`` for an intercept included."""

    largest: float
    """The largest leverage of all rows."""
    row: int
    """Its row, counted from 1."""
    mean: float
    """The mean, ``d / n``, or ``(d + 1) / n`` with an intercept."""


@dataclass(frozen=True, eq=False)
class Advice:
    """Whether these weights should be quantized, to how many bits, and how sure that is."""

    compression_helps: bool
    """Whether some code is predicted to lower the error on new rows, by more than `tolerance` of the excess risk.

    Codes that shrink on purpose, by a penalty on the diameter, do not count unless there are no others: they regularize at
    any number of bits, like ridge.
    """
    probability_of_gain: float
    """Probability that `best` lowers the error at all."""
    best: CurvePoint
    """The code of lowest predicted error among those that count."""
    recommended: CurvePoint | None
    """The fewest stored bits that are expected to cost less than `tolerance` of the excess risk: with a probability of at
    least 80 % on average over training sets, and for these weights. None where no point is cheap enough.
    """
    noise_variance: float
    """Unbiased estimate of sigma^2."""
    signal_variance: float
    """Unbiased estimate of tau^2, the second moment of a true weight; it may come out negative."""
    signal_variance_interval: Interval
    """Where tau^2 lies, with probability `confidence`."""
    weight_noise: float
    """Mean variance of a weight's estimation error given the rows, ``sigma^2 tr G^-1 / d``."""
    excess_risk: float
    """What estimating the weights adds to the error on new rows, ``sigma^2 d / (n - d - 1)`` (see `Fitted.excess_risk`)."""
    r_squared: float
    """R^2 on the rows at hand."""
    condition_number: float
    """Condition number of the design in the units of the weights."""
    leverage: Leverage
    """How much single rows weigh."""
    rows: int
    """n."""
    columns: int
    """d."""
    training_rows: int
    """Rows that a fold of the check is fitted to."""
    curve: list[CurvePoint]
    """A point for each quantizer and number of bits."""
    ridge: Yardstick
    """Ridge regression with the penalty that the data suggest."""
    no_weights: Yardstick
    """All weights dropped."""
    diagnostics: list[Diagnostic]
    """What the prediction assumes, held against the data."""
    tolerance: float
    """Share of the excess risk that compression may cost."""
    confidence: float
    """Probability of every interval."""
    repeats: int
    """Repeats of the ten-fold check."""
    seed: int
    """Seed of all random numbers."""
    design: Design
    """The table in standard units."""
    fitted: Fitted
    """The least-squares fit."""
    coded: Coded
    """The quantized weights, of `recommended`, or of the point with the lowest upper end if there is none."""
    coded_as: CurvePoint
    """The point that `coded` belongs to."""

    @property
    def recommended_bits_per_weight(self) -> int | None:
        """Bits of the recommended point; None where no point is cheap enough."""
        return None if self.recommended is None else self.recommended.bits_per_weight

    @property
    def disagreements(self) -> list[CurvePoint]:
        """Points where prediction and check differ beyond chance."""
        return [point for point in self.curve if not point.agrees]

    def slopes(self) -> tuple[FloatArray, float]:
        """Return the quantized slopes in the columns' own units, and the intercept (0 without one)."""
        slopes = self.coded.weights / self.fitted.units / self.design.scales
        return slopes, float(self.design.target_mean - slopes @ self.design.means) if self.design.intercept else 0.0

    def record(self) -> dict[str, Any]:
        """Return all but the arrays as plain data."""
        left_out = ("design", "fitted", "coded", "coded_as", "recommended")
        plain: dict[str, Any] = {}
        for field in fields(self):
            if field.name not in left_out:
                plain[field.name] = _plain(getattr(self, field.name))
            if field.name == "best":
                plain["recommended_bits_per_weight"] = self.recommended_bits_per_weight
                plain["recommended"] = _plain(self.recommended)
        plain |= {
            "target": self.design.target_name,
            "column_names": list(self.design.names),
            "standardize": self.design.standardize,
            "intercept": self.design.intercept,
            "disagreements": len(self.disagreements),
        }
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return list(value) if isinstance(value, tuple) else value

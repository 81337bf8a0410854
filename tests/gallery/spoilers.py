"""Wrong tables: for each clause of each figure's claim, ways of spoiling the data after which that clause must not hold.

`SPOILERS` maps a figure's name to its clauses, in their order, each with at least two functions from a table to a wrong
one.
"""

from collections.abc import Callable
from typing import Any

from linreg_compress.gallery.figure import Row

Spoiler = Callable[[list[Row]], list[Row]]


def scaled(factor: float, *names: str, **where: Any) -> Spoiler:
    """Multiply columns in the rows whose entries equal those in `where`."""

    def spoil(rows: list[Row]) -> list[Row]:
        return _changed(rows, lambda value: factor * value, names, where)

    return spoil


def shifted(by: float, *names: str, **where: Any) -> Spoiler:
    """Add to columns in the rows whose entries equal those in `where`."""

    def spoil(rows: list[Row]) -> list[Row]:
        return _changed(rows, lambda value: value + by, names, where)

    return spoil


def without(**where: Any) -> Spoiler:
    """Leave out the rows whose entries equal those in `where`."""

    def spoil(rows: list[Row]) -> list[Row]:
        return [row for row in rows if not _matches(row, where)]

    return spoil


def exchanged(first: str, second: str) -> Spoiler:
    """Exchange two columns."""
    other = {first: second, second: first}

    def spoil(rows: list[Row]) -> list[Row]:
        return [{name: row[other.get(name, name)] for name in row} for row in rows]

    return spoil


def relabelled(column: str, **names: str) -> Spoiler:
    """Rename entries of a column of names: whose rows they are is what is wrong then."""

    def spoil(rows: list[Row]) -> list[Row]:
        return [{**row, column: names.get(str(row[column]), row[column])} if column in row else row for row in rows]

    return spoil


def _changed(rows: list[Row], change: Callable[[float], float], names: tuple[str, ...], where: dict[str, Any]) -> list[Row]:
    changed = [
        {**row, **{name: change(float(row[name])) for name in names if name in row}} if _matches(row, where) else row
        for row in rows
    ]
    if changed == rows:
        raise AssertionError(f"no entry of {names} where {where} is changed: the spoiler spoils nothing")
    return changed


def _matches(row: Row, where: dict[str, Any]) -> bool:
    return all(row.get(name) == value for name, value in where.items())


SPOILERS: dict[str, list[list[Spoiler]]] = {
    "headline": [
        [  # lowers it at every rate where the signal is weaker
            scaled(1.3, "population_risk", panel="weak", witness="exact"),
            scaled(1.3, "population_risk", panel="oracle", witness="exact"),
            relabelled("panel", weak="strong", strong="weak"),
        ],
        [  # raises it at every rate where it is stronger
            scaled(0.3, "population_risk", panel="strong", witness="exact"),
            scaled(1.5, "least_squares_population_risk", panel="strong", witness="exact"),
            without(panel="strong"),
        ],
        [  # the generalization error and its bound fall with the rate
            scaled(0.05, "sub_gaussian_bound", panel="oracle"),
            scaled(9.0, "generalization_error", panel="weak", witness="exact"),
            scaled(-1.0, "bits_per_weight", "generalization_error", "sub_gaussian_bound", witness="exact"),
        ],
        [  # simulation from raw data agrees
            scaled(1.2, "empirical_risk", witness="monte_carlo"),
            scaled(0.8, "generalization_error", witness="exact"),
            scaled(1e-3, "population_risk", witness="monte_carlo"),
        ],
    ],
    "tradeoff": [
        [  # a blind code gains at every rate below v and at none above
            scaled(0.3, "fall", code="blind", signal_variance="v / 4", witness="exact"),
            scaled(3.0, "fall", code="blind", signal_variance="3 v / 2", witness="exact"),
            exchanged("rise", "fall"),
        ],
        [  # on the line at v
            scaled(1.0001, "fall", code="blind", signal_variance="v", witness="exact"),
            relabelled("code", blind="aware", aware="blind"),
        ],
        [  # an aware code gains at v
            scaled(0.5, "fall", code="aware", signal_variance="v", witness="exact"),
            relabelled("code", blind="aware", aware="blind"),
        ],
        [  # and at 3 v / 2 above some rate
            scaled(2.0, "fall", code="aware", signal_variance="3 v / 2", witness="exact"),
            scaled(0.5, "fall", code="aware", signal_variance="3 v / 2", witness="exact"),
            exchanged("rise", "fall"),
        ],
        [  # and loses at 3 v
            scaled(3.0, "fall", code="aware", signal_variance="3 v", witness="exact"),
            without(code="aware", signal_variance="3 v"),
        ],
        [  # simulation agrees
            scaled(1.3, "rise", code="aware", witness="monte_carlo"),
            scaled(0.7, "fall", code="blind", witness="exact"),
            without(witness="monte_carlo"),
        ],
    ],
    "bounds": [
        [  # no bound is below the truth
            scaled(0.5, "value", bound="individual-sample"),
            scaled(1.5, "truth", panel="promise"),
        ],
        [  # Donsker-Varadhan is the nearest
            scaled(1.5, "value", bound="donsker-varadhan", code="gaussian-blind"),
            scaled(0.5, "value", bound="donsker-varadhan-centred"),
            relabelled("bound", **{"donsker-varadhan": "chi-square", "chi-square": "donsker-varadhan"}),
        ],
        [  # all are loose at the lowest rate
            scaled(0.3, "value", bound="individual-sample"),
            without(bound="chi-square"),
        ],
        [  # the trivial bound is as good near the threshold, and there alone
            scaled(1.1, "value", bound="trivial", samples=80.0),
            scaled(0.8, "value", bound="trivial", samples=1000.0),
        ],
        [  # individual-sample is within 11 % of its own error
            scaled(1.1, "value", bound="individual-sample"),
            without(bound="individual-sample", samples=80.0),
        ],
        [  # advice
            shifted(0.1, "bits_per_weight", panel="advice", signal_variance="v / 4"),
            scaled(0.0, "bits_per_weight", panel="advice", signal_variance="10 v"),
            relabelled("best_rate", infinite="zero"),
        ],
    ],
    "phase": [
        [  # the Gaussian channel helps below v alone
            scaled(-1.0, "relative_change", code="gaussian"),
            shifted(-1e-3, "relative_change", code="gaussian"),
            scaled(-1.0, "relative_change", code="gaussian", samples_over_features=10.0, signal_variance_over_v=8.0),
        ],
        [  # every bit makes the change smaller
            shifted(-10.0, "relative_change", code="gaussian"),
            scaled(0.0, "relative_change", code="gaussian", samples_over_features=2.0, signal_variance_over_v=0.5),
        ],
        [  # quantizers help up to v and hurt at 4 v
            shifted(0.05, "relative_change", code="lloyd-max 4"),
            scaled(-1.0, "relative_change", code="lloyd-max 16", signal_variance_over_v=4.0),
            without(code="lloyd-max 2", signal_variance_over_v=0.5),
        ],
        [  # their boundary
            scaled(0.95, "signal_variance_over_v", code="lloyd-max boundary"),
            scaled(1.05, "signal_variance_over_v", code="lloyd-max boundary", samples_over_features=10.0),
            without(code="lloyd-max boundary", samples_over_features=1.2),
        ],
        [  # more is at stake near the threshold
            scaled(0.1, "relative_change", code="gaussian", samples_over_features=1.2),
            scaled(10.0, "relative_change", code="gaussian", samples_over_features=10.0),
        ],
    ],
    "law": [
        [  # every quantile falls on a weak signal
            relabelled("when", before="after", after="before"),
            scaled(0.98, "cdf", panel="law", signal_variance="v / 4", when="after"),
        ],
        [  # and rises on a strong one
            relabelled("when", before="after", after="before"),
            shifted(1e-3, "cdf", panel="law", signal_variance="4 v", when="after"),
        ],
        [  # 85 and 2 fits in 100
            shifted(0.01, "improved", panel="probability", signal_variance="4 v"),
            scaled(0.95, "improved", panel="probability", signal_variance="v / 4"),
        ],
        [  # slightly fewer than half at v
            shifted(0.05, "improved", panel="probability", signal_variance="v"),
            scaled(0.9, "improved", panel="probability", signal_variance="v"),
        ],
        [  # a coin at high rates
            relabelled("signal_variance", **{"v / 4": "4 v", "4 v": "v / 4"}),
            scaled(1.4, "improved", panel="probability", signal_variance="4 v"),
        ],
        [  # simulation agrees
            shifted(0.08, "cdf", panel="histogram"),
            scaled(1.5, "density", panel="histogram", when="after"),
            scaled(0.85, "improved", panel="simulated probability", signal_variance="v"),
        ],
    ],
    "compressors": [
        [  # none is below D(R)
            shifted(-0.3, "gap_to_rate_distortion_bits", compressor="dithered"),
            shifted(-0.3, "rate_bits", "gap_to_rate_distortion_bits", compressor="gaussian-blind"),
            shifted(-1.0, "rate_bits", compressor="kmeans"),
        ],
        [  # lattices within 0.2546 bit, their gap at high rates
            shifted(0.01, "gap_to_rate_distortion_bits", compressor="dithered"),
            shifted(-0.01, "gap_to_rate_distortion_bits", compressor="entropy-constrained", bits=6.0),
        ],
        [  # codes that decode to the mean follow the criterion
            scaled(1.5, "population_risk", compressor="lloyd-max", design="weak"),
            scaled(0.5, "population_risk", compressor="sign", design="strong"),
        ],
        [  # plain rounding hurts
            scaled(0.5, "population_risk", compressor="round-to-nearest"),
            shifted(2.0, "least_squares_population_risk", compressor="round-to-nearest", design="weak"),
        ],
    ],
    "water-filling": [
        [  # weak directions are dropped first
            scaled(-1.0, "bits_per_weight", panel="direction"),
            scaled(-1.0, "eigenvalue_over_samples", panel="direction", witness="one design"),
            without(panel="direction", gains_from_dropping="yes"),
        ],
        [  # an interior best rate up to v
            shifted(-1.5, "population_risk", panel="risk", signal="equal", witness="average", bits_per_weight=0.0),
            scaled(1.6, "population_risk_high", panel="risk", signal="weak", witness="average"),
            scaled(0.5, "bits_per_weight", panel="best"),
        ],
        [  # every rate hurts at 2 v
            scaled(0.9, "population_risk_low", panel="risk", signal="strong", witness="average"),
            relabelled("signal", strong="equal", equal="strong"),
        ],
        [  # ridge is below
            scaled(1.6, "population_risk_high", panel="ridge", witness="average"),
            scaled(0.5, "population_risk_low", panel="risk", signal="weak", witness="average"),
        ],
        [  # the limit is near
            scaled(1.05, "population_risk", witness="limit"),
            scaled(0.95, "population_risk", panel="ridge", signal="equal", witness="average"),
        ],
        [  # simulation agrees
            scaled(1.2, "population_risk", witness="monte_carlo"),
            without(witness="monte_carlo"),
        ],
    ],
    "double-descent": [
        [  # rises to n = d, falls after it
            scaled(10.0, "population_risk", fit="least squares", samples=200.0, witness="exact"),
            scaled(0.01, "population_risk", fit="least squares", samples=48.0, witness="exact"),
        ],
        [  # codes help up to the boundary
            scaled(1.5, "population_risk", fit="0.5 bit", witness="exact"),
            relabelled("fit", **{"1 bit": "0.2 bit", "0.2 bit": "1 bit"}),
        ],
        [  # and hurt beyond it
            scaled(0.5, "population_risk", fit="0.2 bit", witness="exact"),
            relabelled("fit", **{"1 bit": "0.2 bit", "0.2 bit": "1 bit"}),
        ],
        [  # the empirical risk rises
            scaled(0.1, "empirical_risk", fit="1 bit", witness="exact"),
            shifted(0.1, "empirical_risk", fit="least squares", samples=20.0, witness="exact"),
        ],
        [  # simulation agrees
            scaled(1.3, "population_risk", witness="monte_carlo"),
            scaled(0.8, "empirical_risk", witness="exact"),
        ],
    ],
    "diameter": [
        [  # the centres are drawn together
            scaled(-1.0, "diameter", method="optimum"),
            scaled(20.0, "diameter", method="optimum", diameter_penalty=1000.0),
        ],
        [  # the fit is traded
            scaled(-1.0, "empirical_risk_change", method="optimum", signal="weak"),
            scaled(-1.0, "generalization_error_change", method="optimum"),
        ],
        [  # a weak signal gains at every penalty
            shifted(2.0, "population_risk_change_high", method="optimum", signal="weak"),
            relabelled("signal", weak="strong", strong="weak"),
        ],
        [  # a strong one gains, then loses
            scaled(-1.0, "population_risk_change", method="optimum", signal="strong"),
            relabelled("signal", weak="strong", strong="weak"),
        ],
        [  # the local search ends above
            scaled(0.1, "objective_excess", method="local search"),
            scaled(0.9, "share_not_below_the_optimum", method="local search", signal="weak"),
        ],
        [  # every optimum is certified
            scaled(0.99, "share_certified", method="optimum", diameter_penalty=3.0),
            without(method="optimum", signal="weak"),
        ],
    ],
    "individual-sample": [
        [  # never below the truth, at it where all is kept
            scaled(0.9, "bound_over_error", panel="curve", code="1 bit"),
            scaled(1.05, "bound_over_error", panel="curve", code="least squares"),
        ],
        [  # within a tenth
            shifted(0.1, "bound_over_error", panel="curve"),
            without(panel="curve", code="least squares"),
        ],
        [  # loose like 1 / sqrt(2 a)
            scaled(0.5, "bound_over_error", panel="curve"),
            scaled(2.0, "bound_over_error", panel="curve", code="0.05 bit"),
        ],
        [  # a lower rate loosens
            scaled(3.0, "bound", panel="curve", code="0.05 bit"),
            scaled(0.5, "bound_over_error", panel="curve", code="0.25 bit"),
        ],
        [  # simulation agrees
            scaled(1.5, "same_inputs_error", panel="simulated"),
            scaled(0.5, "exact_error", panel="simulated"),
            without(panel="simulated"),
        ],
    ],
    "noise-or-shrinkage": [
        [  # noise raises
            scaled(-1.0, "population_risk_change", part="noise", witness="exact"),
            scaled(0.0, "population_risk_change", part="noise", signal="weak", witness="exact"),
        ],
        [  # shrinking lowers where it should
            scaled(-1.0, "population_risk_change", part="shrinkage", signal="weak", witness="exact"),
            shifted(-1.0, "population_risk_change", part="shrinkage", signal="strong", witness="exact"),
        ],
        [  # the sum decides
            scaled(-1.0, "population_risk_change", part="channel", signal="weak", witness="exact"),
            relabelled("signal", weak="strong", strong="weak"),
        ],
        [  # the parts add up
            scaled(1.01, "population_risk_change", part="noise", witness="exact"),
            shifted(1e-6, "population_risk_change", part="channel", witness="exact"),
        ],
        [  # simulation agrees
            scaled(1.3, "population_risk_change", witness="monte_carlo"),
            without(witness="monte_carlo"),
        ],
    ],
    "samplers": [
        [  # shared data need less than half the trials
            scaled(0.1, "trials_needed", method="fresh"),
            relabelled("method", fresh="shared", shared="fresh"),
            without(method="shared", samples=80.0),
        ],
        [  # each method is faster than the one before it
            relabelled("method", data="sufficient", sufficient="data"),
            scaled(1e4, "seconds", method="data", samples=1000.0),
            without(method="data"),
        ],
        [  # weights alone take less than a hundredth of the time of a plain loop
            scaled(1e-7, "seconds", method="fresh"),
            relabelled("method", weights="fresh", fresh="weights"),
        ],
    ],
}

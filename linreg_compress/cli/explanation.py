"""The words that verbs share: what a model is called, and why a code lowers or raises its population risk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from linreg_compress.compression.quantizers import find

if TYPE_CHECKING:
    from linreg_compress.model import LinearModel

KNOWS_THE_WEIGHTS = "codebook centred at the true weights (an oracle)"
ORACLE = (
    "This is an oracle: without --signal-variance the codebook is centred at the true weights, which nobody knows. Give "
    "--signal-variance T2 for true weights that the code does not know."
)
_INVISIBLE = 1e-15  # share of a variance that is lost beside it
_EXACT = "The change is exact for this quantizer"


def model_record(model: LinearModel, variance_inflation: float = 1.0, *, fixed: bool) -> dict[str, Any]:
    """Return the model for a program; `fixed` says whether the true weights were given."""
    record: dict[str, Any] = {
        "samples": model.samples,
        "features": model.features,
        "noise_variance": model.noise_variance,
        "signal_variance": model.signal_variance,
        "variance_inflation": variance_inflation,
    }
    if fixed:
        record["weights"] = model.mean_weights.tolist()
    return record


def model_text(model: LinearModel, variance_inflation: float = 1.0, *, fixed: bool, coded: bool) -> str:
    """Return the model for a reader; `coded` says whether a code is described beside it."""
    said = [f"n = {model.samples}, d = {model.features}, noise variance {model.noise_variance:g}"]
    if model.samples < model.features:
        said.append(f"minimum-norm solution, E|w*|^2 = {model.weight_energy:g}")
    else:
        said.append(weights_text(model.weight_energy, model.signal_variance, fixed=fixed, coded=coded))
    said.append(f"variance inflation {variance_inflation:g}" if variance_inflation != 1 else "")
    return ", ".join(filter(None, said))


def weights_text(weight_energy: float, signal_variance: float, *, fixed: bool, coded: bool) -> str:
    """Say where the true weights come from, and what a code knows of them; empty where least squares does not feel them."""
    if fixed:
        return f"fixed weights, |w*|^2 = {weight_energy:g}" + (", codebook centred at 0" if coded else "")
    if signal_variance:
        return f"weights N(0, {signal_variance:g})"
    return KNOWS_THE_WEIGHTS if coded else ""


def averaging_record(spectra: int, standard_errors: Mapping[str, float]) -> dict[str, Any]:
    """Return how numbers were averaged that are known given the design."""
    return {
        "method": "simulated spectra of Gaussian designs, two control variates",
        "spectra": spectra,
        "standard_errors": dict(standard_errors),
    }


def share(ratio: float) -> str:
    """Return a share in percent, to three digits that are not all zero.

    Examples
    --------
    >>> share(0.0664565), share(0.25), share(3.1e-14)
    ('6.65 %', '25 %', '3.1e-12 %')
    """
    return f"{100 * ratio:.3g} %"


def explanation(
    model: LinearModel, code: str, change: float, normalized_distortion: float, variance_inflation: float, *, fixed: bool
) -> str:
    """Say why the population risk changes so.

    The code is "gaussian-blind", "gaussian-aware" or the name of a quantizer; `change` is the exact change of the
    population risk; `fixed` says whether the true weights are given and the codebook is centred at 0. The text is
    what follows "... the population risk", without a full stop.
    """
    signal = model.weight_energy / model.features  # around the codebook's centre, which is 0 or the true weights
    if change == 0:
        return _unchanged(model, signal, normalized_distortion, variance_inflation)
    if code == "gaussian-blind" and variance_inflation != 1:
        return _correlated(model, signal, normalized_distortion, variance_inflation)
    row = None if code in ("gaussian-blind", "gaussian-aware") else find(code)
    if code == "gaussian-blind" or (row is not None and row.linear):
        return f": {_compared(model, signal)}"
    if row is None:
        return _aware(signal, change)
    if code == "uniform":
        return (
            f". {_EXACT}; its levels are the middles of their cells, not the means of the weights in them, so whether "
            "the signal in a weight is below its estimation noise does not decide the sign"
        )
    if not row.centroids:
        return f". {_EXACT}"
    if fixed:
        return (
            f". {_EXACT}; its levels are made for errors around 0, not for these weights, so no comparison of signal and "
            "noise decides the sign"
        )
    if (change < 0) == (signal < model.weight_variance):
        return f": {_compared(model, signal)}. {_EXACT}"
    return (
        f", although {_compared(model, signal)}. {_EXACT}; the comparison decides the sign for the Gaussian code and, as "
        "n - d grows, for quantizers whose levels are the means of their cells"
    )


def _unchanged(model: LinearModel, signal: float, delta: float, kappa: float) -> str:
    """Say why nothing changes: the code is finer than doubles show, or gains and losses cancel."""
    if delta < _INVISIBLE:
        return ": what the code changes is too small for double precision"
    if kappa == 1 and signal == model.weight_variance:
        return (
            f": the signal in a weight, {signal:.3g}, equals its estimation noise sigma^2 / (n - d - 1), so the code loses "
            "as much of the one as it gains of the other"
        )
    return ": what the code loses of the signal equals what it gains of the estimation noise"


def _compared(model: LinearModel, signal: float) -> str:
    relation = "below" if signal < model.weight_variance else "above"
    noise = f"sigma^2 / (n - d - 1) = {model.weight_variance:.3g}"
    if signal == 0:
        return f"around the true weights there is no signal to lose, only the estimation noise of a weight, {noise}"
    return f"the signal in a weight, {signal:.3g}, is {relation} its estimation noise {noise}"


def _correlated(model: LinearModel, signal: float, delta: float, kappa: float) -> str:
    noise = f"v = sigma^2 / (n - d - 1) = {model.weight_variance:.3g}"
    boundary = model.weight_variance * (1 - (1 - delta) * (kappa - 1))
    formula = f"v (2 - kappa + delta (kappa - 1)) = {boundary:.3g}"
    if boundary <= 0:
        return f": at this rate no signal is weak enough, {formula} is not positive, with {noise}"
    relation = "below" if signal < boundary else "above"
    return f": the signal in a weight, {signal:.3g}, is {relation} {formula}, the boundary at this rate, with {noise}"


def _aware(signal: float, change: float) -> str:
    if signal == 0:
        return ": the codebook is centred at the true weights, so there is no signal to lose"
    outcome = "outweighs" if change < 0 else "does not outweigh"
    return (
        f": what the code gains in directions of X that the data determine badly (where {signal:.3g} g < sigma^2, g an "
        f"eigenvalue of X^T X) {outcome} what it loses in the others"
    )

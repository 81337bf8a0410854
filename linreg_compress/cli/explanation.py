"""Why a code lowers or raises the population risk: the end of `risk`'s last line, true for the code at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linreg_compress.compression.quantizers import find

if TYPE_CHECKING:
    from linreg_compress.model import LinearModel

ORACLE = (
    "This is an oracle: without --signal-variance the codebook is centred at the true weights, which nobody knows. Give "
    "--signal-variance T2 for true weights that the code does not know."
)
_EXACT = "The change is exact for this quantizer"


def explanation(
    model: LinearModel, code: str, change: float, normalized_distortion: float, variance_inflation: float, *, fixed: bool
) -> str:
    """Say why the population risk changes so.

    The code is "gaussian-blind", "gaussian-aware" or the name of a quantizer; `change` is the exact change of the
    population risk, not 0; `fixed` says whether the true weights are given and the codebook is centred at 0. The text is
    what follows "... the population risk", without a full stop.
    """
    signal = model.weight_energy / model.features  # around the codebook's centre, which is 0 or the true weights
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

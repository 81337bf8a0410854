"""What a model, and an average over designs, are called: in the same words and keys by every verb."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linreg_compress.model import LinearModel

KNOWS_THE_WEIGHTS = "codebook centred at the true weights (an oracle)"


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

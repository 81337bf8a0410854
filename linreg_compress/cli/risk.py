"""``risk``: exact expected risks before and after compression."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from linreg_compress.cli import options as shared
from linreg_compress.cli.compressors import compressor_from
from linreg_compress.cli.explanation import ORACLE, explanation
from linreg_compress.cli.output import fill, print_json, short, table

if TYPE_CHECKING:
    from linreg_compress.model import LinearModel

_NAMES = ("empirical_risk", "population_risk", "generalization_error")
_LN2 = 0.6931471805599453
_BESIDE = " " * 8
_OF_QUANTIZERS = ("weight_mse", "quadrature_error")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this verb's options."""
    shared.add_model(parser, required=True)
    shared.add_compression(parser)
    shared.add_quantizer(parser)
    shared.add_variance_inflation(parser)
    shared.add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Compute and print."""
    from linreg_compress.compressed_risk.risks import risks

    model = shared.model_from(options)
    kappa = shared.variance_inflation_from(options, model)
    code = compressor_from(options, model)
    base = risks(model)
    record: dict[str, Any] = {
        "model": _describe(model, kappa, fixed=options.weights is not None),
        "erm": {name: float(getattr(base, name)) for name in _NAMES},
    }
    if code is not None:
        record |= _compression(model, code, (options.quantizer or [code.name])[0], kappa)
    if options.format == "json":
        print_json(record)
    else:
        print(_text(model, record))
    return 0


def _describe(model: LinearModel, kappa: float, *, fixed: bool) -> dict[str, Any]:
    described: dict[str, Any] = {
        "samples": model.samples,
        "features": model.features,
        "noise_variance": model.noise_variance,
        "signal_variance": model.signal_variance,
        "variance_inflation": kappa,
    }
    if fixed:
        described["weights"] = model.mean_weights.tolist()
    return described


def _compression(model: LinearModel, code: Any, name: str, kappa: float) -> dict[str, Any]:
    """Describe the code, whatever it is, and its risks."""
    from linreg_compress.compressed_risk.risks import SPECTRA, risks

    if kappa != 1:  # a number is not a covariance: the formula itself
        from linreg_compress.compressed_risk.gaussian_channel import blind_channel_risks

        size = model.samples, model.features, model.noise_variance
        found = blind_channel_risks(*size, code.rate_nats, signal_variance=model.signal_variance, variance_inflation=kappa)
    else:
        found = risks(model, code, spectra=SPECTRA)
    rate = _rate_nats(model, code)
    compression: dict[str, Any] = {
        "name": name,
        "rate_nats": rate,
        "bits_per_weight": rate / (model.features * _LN2),
        "normalized_distortion": float(found.normalized_distortion),
    }
    compression |= {key: float(getattr(found, key)) for key in _OF_QUANTIZERS if hasattr(found, key)}
    if hasattr(code, "step"):
        compression["step"] = code.step
    elif hasattr(code, "levels"):
        compression |= {"levels": code.levels.tolist(), "thresholds": code.thresholds.tolist()}
    record = {
        "compression": compression,
        "compressed": {key: float(getattr(found, key)) for key in (*_NAMES, "distortion")},
        "population_risk_change": float(found.population_risk_change),
        "compression_helps": bool(found.compression_helps),
    }
    if found.errors:
        record["averaging"] = {
            "method": "simulated spectra of Gaussian designs, two control variates",
            "spectra": SPECTRA,
            "standard_errors": dict(found.errors),
        }
    return record


def _rate_nats(model: LinearModel, code: Any) -> float:
    """Return the rate of a channel; of a quantizer, the entropy of its levels."""
    if hasattr(code, "rate_nats"):
        return float(code.rate_nats)
    from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_entropy

    return scalar_quantizer_entropy(model, code)


def _text(model: LinearModel, record: dict[str, Any]) -> str:
    lines = [fill(f"Model   {_model(model, record)}", hanging=_BESIDE)]
    if "compression" not in record:
        rows = [["", "least squares"], *([_label(name), short(record["erm"][name])] for name in _NAMES)]
        return "\n".join([*lines, "", table(rows), "", "Expected risks, squared units of y."])
    code, after = record["compression"], record["compressed"]
    bits = f"{code['bits_per_weight']:.4g} bit{'s' * (code['bits_per_weight'] != 1)} per weight"
    left = f"distortion: {100 * code['normalized_distortion']:.3g} % of the source variance"
    lines += [fill(f"Code    {code['name']}, {bits}, {code['rate_nats']:.5g} nats in all", hanging=_BESIDE), _BESIDE + left]
    changes = {
        "empirical_risk": after["distortion"],
        "population_risk": record["population_risk_change"],
        "generalization_error": record["population_risk_change"] - after["distortion"],
    }
    rows = [["", "least squares", "compressed", "change"]]
    rows += [
        [_label(name), short(record["erm"][name]), short(after[name]), short(changes[name], signed=True)] for name in _NAMES
    ]
    lines += ["", table(rows), "", "Expected risks, squared units of y.", "", fill(_verdict(model, record))]
    if "averaging" in record:
        error = record["averaging"]["standard_errors"]["population_risk_change"]
        spectra = record["averaging"]["spectra"]
        lines.append(f"Averaged over {spectra} simulated spectra; standard error of the change {error:.1g}.")
    if _is_oracle(record):
        lines += ["", fill(ORACLE)]
    return "\n".join(lines)


def _is_oracle(record: dict[str, Any]) -> bool:
    """Whether the code knows the true weights."""
    return "compression" in record and "weights" not in record["model"] and record["model"]["signal_variance"] == 0


def _model(model: LinearModel, record: dict[str, Any]) -> str:
    said = [f"n = {model.samples}, d = {model.features}, noise variance {model.noise_variance:g}"]
    if model.samples < model.features:
        said.append(f"minimum-norm solution, E|w*|^2 = {model.weight_energy:g}")
    elif "weights" in record["model"]:
        said.append(f"fixed weights, |w*|^2 = {model.weight_energy:g}, codebook centred at 0")
    elif model.signal_variance:
        said.append(f"weights N(0, {model.signal_variance:g})")
    elif _is_oracle(record):
        said.append("codebook centred at the true weights (an oracle)")
    kappa = record["model"]["variance_inflation"]
    return ", ".join([*said, *([f"variance inflation {kappa:g}"] if kappa != 1 else [])])


def _label(name: str) -> str:
    return name.replace("_", " ")


def _verdict(model: LinearModel, record: dict[str, Any]) -> str:
    change, before = record["population_risk_change"], record["erm"]["population_risk"]
    if change == 0:
        return "Compression leaves the population risk as it is."
    word = "LOWERS" if change < 0 else "raises"
    ratio = abs(change) / before if before < float("inf") else float("inf")
    share = f" by {ratio:.2%}" if ratio < 1e4 else f" by {ratio:.3g} times its size" if ratio < float("inf") else ""
    code = record["compression"]
    reason = explanation(
        model,
        code["name"],
        change,
        code["normalized_distortion"],
        record["model"]["variance_inflation"],
        fixed="weights" in record["model"],
    )
    return f"Compression {word} the population risk{share}{reason}."

"""``risk``: exact expected risks before and after compression."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from linreg_compress.cli import options as shared
from linreg_compress.cli.compressors import compressor_from
from linreg_compress.cli.explanation import explanation
from linreg_compress.cli.output import print_json, short, table

if TYPE_CHECKING:
    from linreg_compress.model import LinearModel

_NAMES = ("empirical_risk", "population_risk", "generalization_error")
_LN2 = 0.6931471805599453
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
        record |= _compression(model, code, options.quantizer or code.name, kappa)
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
    signal = f"weights N(0, {model.signal_variance:g})" if model.signal_variance else "weights at the codebook's centre"
    if "weights" in record["model"]:
        signal = f"fixed weights, |w*|^2 = {model.weight_energy:g}, codebook centred at 0"
    if model.samples < model.features:
        signal = f"minimum-norm solution, E|w*|^2 = {model.weight_energy:g}"
    kappa = record["model"]["variance_inflation"]
    inflation = "" if kappa == 1 else f", variance inflation {kappa:g}"
    lines = [
        f"Model   n = {model.samples}, d = {model.features}, noise variance {model.noise_variance:g}, {signal}{inflation}"
    ]
    if "compression" not in record:
        rows = [["", "least squares"], *([_label(name), short(record["erm"][name])] for name in _NAMES)]
        return "\n".join([*lines, "", table(rows), "", "Expected risks, squared units of y."])
    code, after = record["compression"], record["compressed"]
    lines.append(
        f"Code    {code['name']}, {code['rate_nats']:.5g} nats = {code['bits_per_weight']:.4g} bit per weight, "
        f"leaves {code['normalized_distortion']:.3g} of the variance"
    )
    changes = {
        "empirical_risk": after["distortion"],
        "population_risk": record["population_risk_change"],
        "generalization_error": record["population_risk_change"] - after["distortion"],
    }
    rows = [["", "least squares", "compressed", "change"]]
    rows += [
        [_label(name), short(record["erm"][name]), short(after[name]), short(changes[name], signed=True)] for name in _NAMES
    ]
    lines += ["", table(rows), "", "Expected risks, squared units of y.", _verdict(model, record)]
    if "averaging" in record:
        error = record["averaging"]["standard_errors"]["population_risk_change"]
        lines.append(
            f"Averaged over {record['averaging']['spectra']} simulated spectra; standard error of the change {error:.1g}."
        )
    return "\n".join(lines)


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

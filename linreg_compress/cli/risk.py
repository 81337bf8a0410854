"""``risk``: exact expected risks before and after compression."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from linreg_compress._validation import counted
from linreg_compress.cli import options as shared
from linreg_compress.cli.compressors import compressor_from
from linreg_compress.cli.explanation import ORACLE, averaging_record, explanation, model_record, model_text, share
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
        "model": model_record(model, kappa, fixed=options.weights is not None),
        "erm": {name: float(getattr(base, name)) for name in _NAMES},
    }
    if code is not None:
        record |= _compression(model, code, (options.quantizer or [code.name])[0], kappa)
    if options.format == "json":
        print_json(record)
    else:
        print(_text(model, record))
    return 0


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
        record["averaging"] = averaging_record(found.spectra, found.errors)
    return record


def _rate_nats(model: LinearModel, code: Any) -> float:
    """Return the rate of a channel; of a quantizer, the entropy of its levels."""
    if hasattr(code, "rate_nats"):
        return float(code.rate_nats)
    from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_entropy

    return scalar_quantizer_entropy(model, code)


def _text(model: LinearModel, record: dict[str, Any]) -> str:
    kappa, coded = record["model"]["variance_inflation"], "compression" in record
    described = model_text(model, kappa, fixed="weights" in record["model"], coded=coded)
    lines = [fill(f"Model   {described}", hanging=_BESIDE)]
    if not coded:
        rows = [["", "least squares"], *([_label(name), short(record["erm"][name])] for name in _NAMES)]
        return "\n".join([*lines, "", table(rows), "", "Expected risks, squared units of y."])
    code, after = record["compression"], record["compressed"]
    bits = counted(f"{code['bits_per_weight']:.4g}", "bit per weight", "bits per weight")
    nats = counted(f"{code['rate_nats']:.5g}", "nat")
    left = f"distortion: {share(code['normalized_distortion'])} of the source variance"
    lines += [fill(f"Code    {code['name']}, {bits}, {nats} in all", hanging=_BESIDE), _BESIDE + left]
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
        lines.append(fill(_averaged(record["averaging"])))
    if _is_oracle(record):
        lines += ["", fill(ORACLE)]
    return "\n".join(lines)


def _is_oracle(record: dict[str, Any]) -> bool:
    """Whether the code knows the true weights."""
    return "compression" in record and "weights" not in record["model"] and record["model"]["signal_variance"] == 0


def _label(name: str) -> str:
    return name.replace("_", " ")


def _averaged(averaging: dict[str, Any]) -> str:
    error = averaging["standard_errors"].get("population_risk_change")
    told = "" if error is None else f"; standard error of the change {error:.1g}"
    return f"Averaged over {averaging['spectra']} simulated spectra{told}."


def _verdict(model: LinearModel, record: dict[str, Any]) -> str:
    change, before = record["population_risk_change"], record["erm"]["population_risk"]
    code = record["compression"]
    reason = explanation(
        model,
        code["name"],
        change,
        code["normalized_distortion"],
        record["model"]["variance_inflation"],
        fixed="weights" in record["model"],
    )
    if change == 0:
        return f"Compression leaves the population risk as it is{reason}."
    word = "LOWERS" if change < 0 else "raises"
    if before == float("inf"):
        return f"{_from_infinity(model, record)} Compression {word} the population risk{reason}."
    ratio = abs(change) / before
    by = share(ratio) if ratio < 10 else f"{ratio:.3g} times its size"
    return f"Compression {word} the population risk by {by}{reason}."


def _from_infinity(model: LinearModel, record: dict[str, Any]) -> str:
    """Say what a change of -inf means; with n = d or d + 1 alone."""
    after = record["compressed"]["population_risk"]
    size = "n = d" if model.samples == model.features else "n = d + 1"
    if after < float("inf"):
        return f"With {size} the population risk of least squares is infinite; that of the code is {short(after)}."
    return (
        f"With {size} the population risk is infinite before and after, so these means compare nothing; the change is a "
        "mean over data sets that both share, and that is -inf. For risks that can be compared use at least d + 2 samples."
    )

"""``risk``: exact expected risks before and after compression."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from linreg_compress.cli import options as shared
from linreg_compress.cli.compressors import compressor_from
from linreg_compress.cli.correlation import add_variance_inflation, variance_inflation_from
from linreg_compress.cli.explanation import explanation
from linreg_compress.cli.output import print_json, short, table

if TYPE_CHECKING:
    from linreg_compress.compressed_risk.record import CompressedRisks
    from linreg_compress.model import LinearModel

_NAMES = ("empirical_risk", "population_risk", "generalization_error")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this verb's options."""
    shared.add_model(parser, required=True)
    shared.add_compression(parser)
    shared.add_quantizer(parser)
    add_variance_inflation(parser)
    shared.add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Compute and print."""
    from linreg_compress.risk import expected_risks

    model = shared.model_from(options)
    kappa = variance_inflation_from(options, model)
    code = compressor_from(options, model)
    base = expected_risks(model)
    record: dict[str, Any] = {
        "model": _describe(model, kappa, fixed=options.weights is not None),
        "erm": {name: float(getattr(base, name)) for name in _NAMES},
    }
    if code is not None and hasattr(code, "rate_nats"):
        record |= _compression(model, code, options.quantizer or code.name, kappa)
    elif code is not None:
        record |= _quantization(model, code, options.quantizer)
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


def _compression(model: LinearModel, channel: Any, name: str, kappa: float) -> dict[str, Any]:
    from linreg_compress.compressed_risk.expected import expected_compressed_risks
    from linreg_compress.compressed_risk.gaussian_channel import blind_channel_risks
    from linreg_compress.compressed_risk.water_filling import expected_water_filled_risks
    from linreg_compress.information.rate_distortion import bits_per_weight_from_nats

    averaging = None
    if channel.needs_gram and channel.signal_variance > 0:
        average = expected_water_filled_risks(
            model.samples, model.features, model.noise_variance, channel.signal_variance, channel.rate_nats
        )
        risks: CompressedRisks = average.risks
        averaging = {
            "method": "simulated spectra of Gaussian designs, two control variates",
            "spectra": average.spectra,
            "standard_errors": average.standard_errors,
        }
    elif kappa != 1:
        size = model.samples, model.features, model.noise_variance
        risks = blind_channel_risks(
            *size, channel.rate_nats, signal_variance=model.signal_variance, variance_inflation=kappa
        )
    else:
        risks = expected_compressed_risks(model, channel)
    compression = {
        "name": name,
        "rate_nats": channel.rate_nats,
        "bits_per_weight": float(bits_per_weight_from_nats(channel.rate_nats, model.features)),
        "normalized_distortion": float(risks.normalized_distortion),
    }
    record = _with_risks(compression, risks)
    if averaging:
        record["averaging"] = averaging
    return record


def _quantization(model: LinearModel, quantizer: Any, name: str) -> dict[str, Any]:
    from linreg_compress.compressed_risk.expected import expected_compressed_risks
    from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_entropy
    from linreg_compress.information.rate_distortion import bits_per_weight_from_nats

    risks: Any = expected_compressed_risks(model, quantizer)
    rate = scalar_quantizer_entropy(model, quantizer)
    compression: dict[str, Any] = {
        "name": name,
        "rate_nats": rate,
        "bits_per_weight": float(bits_per_weight_from_nats(rate, model.features)),
        "normalized_distortion": float(risks.normalized_distortion),
        "weight_mse": float(risks.weight_mse),
        "quadrature_error": risks.quadrature_error,
    }
    if hasattr(quantizer, "step"):
        compression["step"] = quantizer.step
    else:
        compression |= {"levels": quantizer.levels.tolist(), "thresholds": quantizer.thresholds.tolist()}
    return _with_risks(compression, risks)


def _with_risks(compression: dict[str, Any], risks: CompressedRisks) -> dict[str, Any]:
    return {
        "compression": compression,
        "compressed": {name: float(getattr(risks, name)) for name in (*_NAMES, "distortion")},
        "population_risk_change": float(risks.population_risk_change),
        "compression_helps": bool(risks.compression_helps),
    }


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

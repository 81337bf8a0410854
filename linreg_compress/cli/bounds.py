"""``bounds``: what mutual information promises about the generalization error, next to the exact value."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from linreg_compress.cli import options as shared
from linreg_compress.cli.compressors import compressor_from
from linreg_compress.cli.correlation import add_variance_inflation, variance_inflation_from
from linreg_compress.cli.output import print_json, short, table
from linreg_compress.errors import InvalidInputError, UnsupportedModelError

if TYPE_CHECKING:
    from linreg_compress.bounds.bound import Bound
    from linreg_compress.model import LinearModel


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this verb's options."""
    shared.add_model(parser, required=True)
    shared.add_compression(parser)
    shared.add_quantizer(parser)
    group = parser.add_argument_group("bounds")
    group.add_argument(
        "--loss-scale",
        metavar="S",
        help="supremum of s(w) = sigma^2 + |w - w*|^2 over the codebook; sub-gaussian and chi-square need it "
        "(known without it for lloyd-max and fixed true weights)",
    )
    add_variance_inflation(parser)
    shared.add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Compute and print."""
    model = shared.model_from(options)
    kappa = variance_inflation_from(options, model)
    code: Any = compressor_from(options, model)
    if code is None:
        raise InvalidInputError(
            "rate_nats", "or --bits-per-weight or --quantizer is needed", "none", "Bounds are for compressed weights."
        )
    _refuse_unknown(code, options.quantizer)
    scale = None
    if options.loss_scale is not None:
        from linreg_compress import _validation as valid

        scale = valid.positive_number("loss_scale", shared.number("loss_scale", options.loss_scale))
    record = _record(model, code, scale, kappa)
    if options.format == "json":
        print_json(record)
    else:
        print(_text(model, code, record))
    return 0


def _refuse_unknown(code: Any, name: str | None) -> None:
    """Refuse a code whose information or whose generalization error is not known."""
    from linreg_compress.compression.cells import CellQuantizer
    from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
    from linreg_compress.compression.uniform import UniformQuantizer

    if not isinstance(code, BlindGaussianChannel | AwareGaussianChannel | CellQuantizer | UniformQuantizer):
        raise UnsupportedModelError(f"no bound is known for {name}; simulate it.")


def _record(model: LinearModel, code: Any, scale: float | None, kappa: float) -> dict[str, Any]:
    """Everything that is printed."""
    from linreg_compress.bounds.same_inputs import same_inputs_generalization_error

    if kappa != 1:
        known, truth, bounds = _correlated(model, code, scale, kappa)
    elif code.needs_gram:
        known, truth, bounds = _aware(model, code, scale)
    elif hasattr(code, "rate_nats"):
        known, truth, bounds = _blind(model, code, scale)
    else:
        known, truth, bounds = _quantizer(model, code, scale)
    return {
        "model": {
            "samples": model.samples,
            "features": model.features,
            "noise_variance": model.noise_variance,
            "signal_variance": model.signal_variance,
            "variance_inflation": kappa,
        },
        **known,
        "generalization_error": truth,
        "same_inputs_generalization_error": same_inputs_generalization_error(model, code),
        "bounds": [
            {
                "name": bound.name,
                "kind": bound.kind,
                "of": bound.of,
                "value": bound.value,
                "assumptions": list(bound.assumptions),
                "reference": bound.reference,
            }
            for bound in bounds
        ],
        "least": _least(bounds),
    }


def _least(bounds: list[Bound]) -> dict[str, dict[str, Any]]:
    """Return the smallest finite bound of each quantity: none of them is the smallest for every code."""
    found: dict[str, dict[str, Any]] = {}
    for bound in sorted(bounds, key=lambda bound: bound.value):
        if bound.kind == "upper" and bound.value < float("inf"):
            found.setdefault(bound.of, {"name": bound.name, "value": bound.value})
    return found


_Answer = tuple[dict[str, float], float, list["Bound"]]


def _blind(model: LinearModel, channel: Any, scale: float | None) -> _Answer:
    from dataclasses import replace

    from linreg_compress.bounds.donsker_varadhan import donsker_varadhan_bound
    from linreg_compress.bounds.information import blind_channel_information
    from linreg_compress.compressed_risk.expected import expected_compressed_risks

    given = blind_channel_information(model, channel)
    random = model.signal_variance > 0
    information = channel.rate_nats if random else given
    known = {"information_nats": information}
    risks = expected_compressed_risks(model, channel)
    bounds = _by_scale(
        model,
        information,
        scale,
        float(risks.population_risk),
        "a Gaussian codebook has no largest s(w): give --loss-scale",
    )
    bounds.append(donsker_varadhan_bound(model, channel, information))
    if random:
        known["information_given_weights_nats"] = given
        bounds.append(replace(donsker_varadhan_bound(model, channel, given), name="donsker-varadhan-given-weights"))
    return known, float(risks.generalization_error), bounds


def _correlated(model: LinearModel, channel: Any, scale: float | None, kappa: float) -> _Answer:
    """A code of one weight at a time: given W the What_j are independent, so I(W; What) <= sum_j I(W_j; What_j) <= R."""
    from linreg_compress.compressed_risk.gaussian_channel import blind_channel_risks

    size = model.samples, model.features, model.noise_variance
    rate = channel.rate_nats
    risks = blind_channel_risks(*size, rate, signal_variance=model.signal_variance, variance_inflation=kappa)
    reason = "a Gaussian codebook has no largest s(w): give --loss-scale"
    bounds = _by_scale(model, rate, scale, float(risks.population_risk), reason)
    reason = "the law of s(What) depends on the whole covariance, not on the mean variance-inflation factor alone"
    bounds += [_unknown(name, reason) for name in ("donsker-varadhan", "donsker-varadhan-given-weights")]
    return {"information_nats": rate}, float(risks.generalization_error), bounds


def _quantizer(model: LinearModel, quantizer: Any, scale: float | None) -> _Answer:
    import numpy as np

    from linreg_compress.bounds.donsker_varadhan import centred_donsker_varadhan_bound, donsker_varadhan_bound
    from linreg_compress.compressed_risk.scalar_quantizer import scalar_quantizer_entropy, scalar_quantizer_risks

    information = scalar_quantizer_entropy(model, quantizer)
    levels = getattr(quantizer, "levels", None)
    finite = levels is not None and model.signal_variance == 0
    if levels is not None and finite:
        exact = model.noise_variance + float(np.sum(((levels[:, None] - model.mean_weights) ** 2).max(axis=0)))
        if scale is not None and scale < exact:
            raise InvalidInputError(
                "loss_scale", f"must be at least the supremum over this codebook, {exact:.6g}", scale, "Leave it out."
            )
        scale = exact if scale is None else scale
    missing = "under a prior" if levels is not None else "of an unlimited codebook"
    risks = scalar_quantizer_risks(model, quantizer)
    bounds = _by_scale(
        model, information, scale, float(risks.population_risk), f"s(w) has no supremum {missing}: give --loss-scale"
    )
    bounds.append(donsker_varadhan_bound(model, quantizer, information))
    if finite:
        bounds.append(centred_donsker_varadhan_bound(model, quantizer, information))
    return {"information_nats": information}, float(risks.generalization_error), bounds


def _aware(model: LinearModel, channel: Any, scale: float | None) -> _Answer:
    from linreg_compress.bounds.donsker_varadhan import random_design_bound
    from linreg_compress.bounds.individual_sample import individual_sample_bound
    from linreg_compress.bounds.information import aware_channel_information
    from linreg_compress.compressed_risk.expected import expected_compressed_risks

    risks = expected_compressed_risks(model, channel)
    truth = float(risks.generalization_error)
    known = {"information_nats": channel.rate_nats}
    if channel.signal_variance > 0:
        reason = "I(S; What) = R + I(X; What) is not known unless the codebook is centred at the true weights"
        names = ("sub-gaussian", "chi-square", "donsker-varadhan-random-design")
        bounds = [_unknown(name, reason) for name in names]
        reason = "needs a design-aware codebook centred at the true weights"
        return known, truth, [*bounds, _unknown("individual-sample", reason, same_inputs=True)]
    information = aware_channel_information(model, channel)
    known["random_design_information_nats"] = information
    bounds = _by_scale(
        model,
        information,
        scale,
        float(risks.population_risk),
        "a Gaussian codebook has no largest s(w): give --loss-scale",
    )
    if model.samples >= model.features + 2:
        bounds.append(random_design_bound(model, channel, information))
    else:
        bounds.append(_unknown("donsker-varadhan-random-design", "needs samples >= features + 2: E s(What) is infinite"))
    bounds.append(individual_sample_bound(model.samples, model.features, model.noise_variance, channel.rate_nats))
    return known, truth, bounds


def _by_scale(
    model: LinearModel, information: float, scale: float | None, population_risk: float, reason: str
) -> list[Bound]:
    """Return the two bounds that need the supremum of s(w)."""
    from linreg_compress.bounds.chi_square import chi_square_bound
    from linreg_compress.bounds.sub_gaussian import sub_gaussian_bound

    if scale is None:
        return [_unknown(name, reason) for name in ("sub-gaussian", "chi-square")]
    if scale < population_risk * (1 - 1e-12):
        raise InvalidInputError(
            "loss_scale",
            f"must be at least the mean of s(What), the population risk {population_risk:.6g} of this code",
            scale,
            "It is the largest value of s(w) on the codebook.",
        )
    return [bound(model.samples, information, scale) for bound in (sub_gaussian_bound, chi_square_bound)]


def _unknown(name: str, reason: str, *, same_inputs: bool = False) -> Bound:
    """Return a bound that cannot be computed: inf, and why."""
    from linreg_compress.bounds.bound import GENERALIZATION_ERROR, SAME_INPUTS, Bound

    of = SAME_INPUTS if same_inputs else GENERALIZATION_ERROR
    return Bound(name, float("inf"), of, "upper", (reason,), "none: not computed")


def _text(model: LinearModel, code: Any, record: dict[str, Any]) -> str:
    bits = record["information_nats"] / model.features / 0.6931471805599453
    kappa = record["model"]["variance_inflation"]
    inflation = "" if kappa == 1 else f", variance inflation {kappa:g}"
    lines = [
        f"Model   n = {model.samples}, d = {model.features}, noise variance {model.noise_variance:g}{inflation}",
        f"Code    {code.name}, information {record['information_nats']:.5g} nats = {bits:.4g} bit per weight",
        "",
    ]
    truths = {name: record[name] for name in ("generalization_error", "same_inputs_generalization_error")}
    rows = [["", "value", "times the truth"]]
    notes: list[str] = []
    for name, truth in truths.items():
        rows.append([f"{name.replace('_', ' ')}, exact", short(truth), ""])
        for bound in record["bounds"]:
            if bound["of"] == name:
                ratio = short(bound["value"] / truth) if truth > 0 and bound["value"] < float("inf") else "-"
                rows.append([f"  {bound['name']}", short(bound["value"]), ratio])
                if bound["value"] == float("inf"):
                    notes.append(f"{bound['name']} is inf: {bound['assumptions'][0]}.")
    least_of_these = []
    for name, least in record["least"].items():
        if sum(bound["of"] == name for bound in record["bounds"]) > 1:
            ratio = f", {short(least['value'] / truths[name])} times the truth" if truths[name] > 0 else ""
            least_of_these.append(
                f"Least of these for the {name.replace('_', ' ')}: {least['name']}, {short(least['value'])}{ratio}."
            )
    if "random_design_information_nats" in record:
        full = record["random_design_information_nats"]
        notes.append(f"Bounds of the generalization error use I(S; What) = R + I(X; What) = {full:.5g} nats, not the rate.")
    return "\n".join([*lines, table(rows), "", "Upper bounds, squared units of y.", *least_of_these, *notes])

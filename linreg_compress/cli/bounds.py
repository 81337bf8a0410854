"""``bounds``: what mutual information promises about the generalization error, next to the exact value."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from linreg_compress._validation import counted
from linreg_compress.cli import options as shared
from linreg_compress.cli.compressors import compressor_from
from linreg_compress.cli.explanation import ORACLE, averaging_record, model_record, model_text
from linreg_compress.cli.output import fill, print_json, short, table
from linreg_compress.errors import UnsupportedModelError

if TYPE_CHECKING:
    from linreg_compress.bounds.bound import Bound
    from linreg_compress.bounds.of_code import Absent, CodeBounds
    from linreg_compress.model import LinearModel


_BESIDE = " " * 8
_LN2 = 0.6931471805599453
_SIDES = ("Upper bounds, squared units of y.", "Upper bounds but where it says lower, squared units of y.")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add this verb's options."""
    shared.add_model(parser, required=True)
    shared.add_compression(parser)
    shared.add_quantizer(parser)
    group = parser.add_argument_group("bounds")
    group.add_argument(
        "--loss-scale",
        metavar="S",
        type=shared.typed(shared.number),
        help="supremum of s(w) = sigma^2 + |w - w*|^2 over the codebook, for sub-gaussian and chi-square (default: the "
        "exact one of finitely many levels and fixed true weights; any other codebook is clipped at one draw in a million)",
    )
    shared.add_variance_inflation(parser)
    shared.add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Compute and print."""
    from linreg_compress.bounds.of_code import bounds_of

    model = shared.model_from(options)
    kappa = shared.variance_inflation_from(options, model)
    code: Any = compressor_from(options, model)
    if code is None:
        raise shared.requires("bounds", "--rate-nats R", "--bits-per-weight B", "--quantizer NAME")
    _refuse_unknown(code, options.quantizer)
    found = bounds_of(model, code, options.loss_scale, variance_inflation=kappa)
    record = _record(model_record(model, kappa, fixed=options.weights is not None), found)
    if options.format == "json":
        print_json(record)
    else:
        print(_text(model, code, record))
        if options.weights is None and model.signal_variance == 0:
            print(f"\n{fill(ORACLE)}")
    return 0


def _refuse_unknown(code: Any, quantizers: list[str] | None) -> None:
    """Refuse a code whose information or whose generalization error is not known."""
    from linreg_compress.compression.gaussian_channel import AwareGaussianChannel, BlindGaussianChannel
    from linreg_compress.compression.scalar.cells import CellQuantizer
    from linreg_compress.compression.scalar.uniform import UniformQuantizer

    if not isinstance(code, BlindGaussianChannel | AwareGaussianChannel | CellQuantizer | UniformQuantizer):
        raise UnsupportedModelError(f"no bound is known for {(quantizers or [code.name])[0]}; simulate it.")


def _record(model: dict[str, Any], found: CodeBounds) -> dict[str, Any]:
    """Everything that is printed; a theorem about another kind of code is not."""
    from linreg_compress.bounds.bound import Bound

    known = {
        "information_nats": found.information_nats,
        "information_given_weights_nats": found.information_given_weights_nats,
        "random_design_information_nats": found.random_design_information_nats,
    }
    averaging = {"averaging": averaging_record(found.spectra, found.errors)} if found.spectra else {}
    return {
        "model": model,
        **{name: value for name, value in known.items() if value is not None},
        "population_risk": found.population_risk,
        "generalization_error": found.generalization_error,
        "same_inputs_generalization_error": found.same_inputs_generalization_error,
        "bounds": [_entry(one) for one in found.listed if isinstance(one, Bound) or not one.left_out],
        "least": {of: {"name": bound.name, "value": bound.value} for of, bound in found.least().items()},
        **averaging,
    }


def _entry(one: Bound | Absent) -> dict[str, Any]:
    """Return what is printed of a bound; one that cannot be computed is inf, and its first assumption says why."""
    from linreg_compress.bounds.bound import Bound

    if isinstance(one, Bound):
        told = one.kind, one.value, list(one.assumptions), one.reference
    else:
        told = "upper", float("inf"), [one.reason.replace("give loss_scale", "give --loss-scale")], "none: not computed"
    kind, value, assumptions, reference = told
    return {
        "name": one.name,
        "kind": kind,
        "of": one.of,
        "value": value,
        "assumptions": assumptions,
        "reference": reference,
    }


def _text(model: LinearModel, code: Any, record: dict[str, Any]) -> str:
    described = model_text(model, record["model"]["variance_inflation"], fixed="weights" in record["model"], coded=True)
    lines = [
        fill(f"Model   {described}", hanging=_BESIDE),
        fill(f"Code    {code.name}, {_information(model, code, record['information_nats'])}", hanging=_BESIDE),
        "",
    ]
    standard_errors = record.get("averaging", {}).get("standard_errors", {})
    names = ["generalization_error", "same_inputs_generalization_error"]
    names += ["population_risk"] if any(bound["of"] == "population_risk" for bound in record["bounds"]) else []
    truths = {name: record[name] for name in names}
    rows = [["", "value", "times the truth"]]
    notes: list[str] = []
    clipped: dict[str, int] = {}  # in their order, each once
    for name, truth in truths.items():
        rows.append([f"{_said(name)}, {'averaged' if name in standard_errors else 'exact'}", short(truth), ""])
        for bound in record["bounds"]:
            if bound["of"] == name:
                clipped |= {
                    one: 0 for one in bound["assumptions"] if one.startswith("codebook clipped") or ", as given; " in one
                }
                ratio = short(bound["value"] / truth) if truth > 0 and bound["value"] < float("inf") else "-"
                below = " (lower)" if bound["kind"] == "lower" else ""
                rows.append([f"  {bound['name']}{below}", short(bound["value"]), ratio])
                if bound["value"] == float("inf"):
                    notes.append(f"{bound['name']} is inf: {bound['assumptions'][0]}.")
    least_of_these = []
    for name, least in record["least"].items():
        if sum(bound["of"] == name for bound in record["bounds"]) > 1:
            ratio = f", {short(least['value'] / truths[name])} times the truth" if truths[name] > 0 else ""
            least_of_these.append(f"Least of these for the {_said(name)}: {least['name']}, {short(least['value'])}{ratio}.")
    if "random_design_information_nats" in record:
        full = record["random_design_information_nats"]
        notes.append(f"Bounds of the generalization error use I(S; What) = R + I(X; What) = {full:.5g} nats, not the rate.")
    notes += [f"Sub-gaussian and chi-square: {one}." for one in clipped]
    notes += _averaged(record.get("averaging"), names)
    under = [_SIDES[len(names) > 2], *least_of_these, *notes]
    return "\n".join([*lines, table(rows), "", *map(fill, under)])


def _information(model: LinearModel, code: Any, nats: float) -> str:
    """Say what `information_nats` is: the rate of a design-aware code, I(S; What) or a number above it of any other."""
    from linreg_compress.compression.gaussian_channel import AwareGaussianChannel

    what = "rate" if isinstance(code, AwareGaussianChannel) else "information"
    bits = counted(f"{nats / model.features / _LN2:.4g}", "bit per weight", "bits per weight")
    return f"{what} {counted(f'{nats:.5g}', 'nat')} = {bits}"


def _averaged(averaging: dict[str, Any] | None, names: list[str]) -> list[str]:
    """Say which truths are averages, and how far off they may be."""
    if averaging is None:
        return []
    errors = averaging["standard_errors"]
    told = ", ".join(f"{_said(name)} {errors[name]:.1g}" for name in names if name in errors)
    return [f"Averaged over {averaging['spectra']} simulated spectra; standard errors: {told}."]


def _said(name: str) -> str:
    return name.replace("_", " ")

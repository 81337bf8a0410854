"""The house rules: who may import whom, and the three absences that give the checks their worth."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "linreg_compress"

# first matching prefix wins; a module may import from a lower floor only
FLOORS = {
    "errors": 0,
    "_validation": 0.1,
    "gamma_differences": 0.2,
    "_kinds": 0.2,
    "laws": 1,
    "model": 1,
    "information": 1,
    "spectrum": 2,
    "loss": 2,
    "least_squares": 2,
    "ridge": 3,
    "risk": 3,
    "compression": 3,
    "compressed_risk": 4,
    "bounds": 5,
    "monte_carlo": 5,
    "derivations": 0.05,  # a side tower: it stands on the errors alone
    "agreement_settings": 5.5,
    "agreement": 6,
    "advice": 6,
    "advise": 6.5,
    "plotting": 7,
    "gallery": 8,
    "demos": 8.5,
    "cli": 9,
    "__main__": 10,
}
# in these folders files share only the base files named here, in the order in which they may import each other
BASES = {
    "information": ["discrete", "rate_distortion", "gaussian"],
    "compression": [
        "channel",
        "cells",
        "student",
        "sources",
        "uniform",
        "prefix_sums",
        "sorted_weights",
        "interval_program",
        "boundary_windows",
        "clustering",
        "two_means",
        "diameter_search",
        "kmeans",
    ],
    "compressed_risk": [
        "record",
        "matching",
        "variance_inflation",
        "linear_channel",
        "per_weight_channel",
        "cell_entropy",
        "gaussian_moments",
        "scalar_quantizer",
        "interpolation",
        "gaussian_channel",
        "water_filling",
        "laws",
        "expected",
    ],
    "bounds": ["bound", "information", "lambert", "mixed_cumulant"],
    "derivations": [
        "symbols",
        "prover",
        "derivation",
        "registry",
        "lemmas",
        "uses",
        "graph",
        "ledger",
        "proof",
        "formulas",
        "terminal",
        "printing",
    ],
    "monte_carlo": [
        "estimate",
        "trials",
        "data_sampler",
        "bartlett",
        "sufficient_sampler",
        "weights_sampler",
        "samplers",
        "stopping",
        "simulate",
        "store",
        "executors",
        "grid",
        "cell_run",
        "sweep",
    ],
    "advice": [
        "cells",
        "design",
        "fitting",
        "estimates",
        "new_rows",
        "clusters",
        "quantizers",
        "yardsticks",
        "diagnostics",
        "prediction",
        "cross_fitting",
        "record",
    ],
    "plotting": ["style", "lesson"],
    "gallery": ["figure", "files", "recompute", "headline", "comparison", "bounds_table", "registry", "many", "page"],
    "demos": ["extra", "lesson", "table", "output_file", "proofs", "page_data", "registry", "notebook"],
    "cli": [
        "streams",
        "output",
        "options",
        "correlation",
        "explanation",
        "vectors",
        "compressors",
        "interruption",
        "advise",
        "check",
        "demo",
        "derive",
        "figures",
        "quantize",
        "reproduce",
        "risk",
        "main",
    ],
}
COLLECTORS = ("derivations.registry", "gallery.registry", "demos.registry")  # they list every file of their folder
ANSWERS = (
    "risk",
    "ridge",
    "compressed_risk",
    "information",
    "bounds",
    "laws",
    "spectrum",
    "agreement",
    "agreement_settings",
)


def modules() -> list[str]:
    paths = sorted(ROOT.rglob("*.py"))
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths]
    return [name for name in names if name != "__init__" and not name.endswith(".__init__")]


def imports_of(name: str) -> set[str]:
    """Every module that a file imports, at its top or inside a function, package modules without the package's name."""
    source = (ROOT / Path(*name.split("."))).with_suffix(".py").read_text(encoding="utf-8")
    return set(imports_in(source))


def imports_in(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, "imports are absolute"
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return [name.removeprefix("linreg_compress.") for name in found]


def floor_of(name: str) -> float:
    return FLOORS[name.split(".", maxsplit=1)[0]]


def violations(name: str, imported: set[str]) -> list[str]:
    """Return the imports of module `name` that break a house rule."""
    wrong = []
    folder = name.split(".", maxsplit=1)[0]
    for other in imported:
        top = other.split(".", maxsplit=1)[0]
        if top not in FLOORS:
            continue
        if top == folder:
            order = BASES.get(folder, [])
            inner = other.split(".")[1] if "." in other else None
            if inner is None or f"{folder}.{inner}" == name or name in COLLECTORS:
                continue
            own = name.split(".")[1]
            if inner == own:  # a folder of its own
                continue
            rank = order.index(own) if own in order else len(order)
            if inner not in order or order.index(inner) >= rank:
                wrong.append(f"{name} imports its peer {other}")
        elif floor_of(other) >= floor_of(name):
            wrong.append(f"{name} (floor {floor_of(name)}) imports {other} (floor {floor_of(other)})")
        if folder == "monte_carlo" and top in ANSWERS:
            wrong.append(f"{name} may not know the answer, but imports {other}")
    for library, home in (("sympy", "derivations"), ("matplotlib", "plotting")):
        uses = any(other.split(".")[0] == library for other in imported)
        if uses and folder != home and not (library == "matplotlib" and folder == "gallery"):
            wrong.append(f"{name} imports {library}, which belongs to {home}/")
    return wrong


@pytest.mark.parametrize("name", modules())
def test_imports_go_down_only(name: str) -> None:
    assert violations(name, imports_of(name)) == []


def test_every_module_has_a_floor() -> None:
    assert len(modules()) > 30
    for name in modules():
        assert floor_of(name) >= 0


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("risk", "from linreg_compress.compressed_risk import laws"),
        ("monte_carlo.samplers", "from linreg_compress.risk import expected_risks"),
        ("monte_carlo.samplers", "import linreg_compress.information.gaussian"),
        ("loss", "def f():\n    import sympy"),
        ("agreement", "import matplotlib.pyplot"),
        ("compression.identity", "from linreg_compress.compression.gaussian_channel import BlindGaussianChannel"),
        ("derivations.ledger", "from linreg_compress.risk import expected_risks"),
        ("derivations.ledger", "from linreg_compress import _validation"),
        ("model", "from linreg_compress.loss import empirical_risk"),
    ],
)
def test_the_test_itself_sees_a_violation(name: str, source: str) -> None:
    assert violations(name, set(imports_in(source)))


def test_files_stay_small() -> None:
    long = {name: len((ROOT / Path(*name.split("."))).with_suffix(".py").read_text().splitlines()) for name in modules()}
    assert {name: lines for name, lines in long.items() if lines > 400} == {}

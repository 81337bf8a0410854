"""The rules of the house: imports go down without a circle, and three absences give the checks their worth.

The order is computed from the imports. Only the folders are listed, in the order in which a reader meets them.
"""

import re
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.imports import file_of, imported, texts

# a folder uses the folders above it only, also by way of the files beside the folders
FOLDERS = (
    "least_squares",
    "information",
    "compression",
    "compressed_risk",
    "bounds",
    "monte_carlo",
    "derivations",
    "networks",
    "gallery",
    "advice",
    "demos",
    "cli",
)
CHECKS = {"errors", "_validation", "_kinds", "files", "names", "records"}
ALL_THAT_IT_MAY_USE = {
    "derivations": {"errors", "names"},
    "monte_carlo": {*CHECKS, "model", "least_squares.loss", "least_squares.fit", "compression", "__version__"},
}
LIBRARIES = {"sympy": {"derivations"}, "matplotlib": {"gallery", "advice", "demos"}}
LOADED_BY_FUNCTIONS = {"matplotlib"}
LONGEST = 400  # lines


def folder(file: str) -> str:
    """Return the folder of a file; a file beside the folders stands for itself."""
    return file.split(".", maxsplit=1)[0]


def circle(graph: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return ["a circle: " + " <- ".join(error.args[1])]
    return []


def reached(start: str, graph: dict[str, set[str]]) -> set[str]:
    found, waiting = set[str](), [start]
    while waiting:
        new = graph.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def broken_rules(files: dict[str, str]) -> list[str]:
    """Say what breaks a rule in a package of these files."""
    wrong: list[str] = []
    graph: dict[str, set[str]] = {}
    folders: dict[str, set[str]] = {folder(file): set() for file in files}
    for file, text in files.items():
        home = folder(file)
        graph[file] = set()
        for name, by_function in imported(text):
            used = file_of(name, files)
            library = name.split(".")[0]
            if library in LIBRARIES and home not in LIBRARIES[library]:
                wrong.append(f"{file} imports {library}, which belongs to {', '.join(sorted(LIBRARIES[library]))}")
            elif library in LOADED_BY_FUNCTIONS and not by_function:
                wrong.append(f"{file} imports {library} at its top; only a function that draws may load it")
            if used is None or used == file:
                continue
            graph[file].add(used)
            if folder(used) != home:
                folders[home].add(folder(used))
                if not {used, folder(used)} & ALL_THAT_IT_MAY_USE.get(home, {used}):
                    wrong.append(f"{file} may not know {used}")
    wrong += circle(graph) + circle(folders)
    for place, name in enumerate(FOLDERS):
        above = reached(name, folders) & set(FOLDERS[place + 1 :])
        wrong += [f"{name}/ reaches up to {other}/" for other in sorted(above)]
    wrong += [f"{name}/ is not in FOLDERS" for name in {folder(f) for f in files if "." in f} - set(FOLDERS)]
    return wrong


FILES = texts()


def test_imports_go_down_without_a_circle_and_what_must_be_absent_is_absent() -> None:
    assert broken_rules(FILES) == []


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("model", "from linreg_compress.least_squares.loss import empirical_risk", "a circle: .*model"),
        (
            "compression.scalar.cells",
            "from linreg_compress.compression.scalar.sources import NormalSource",
            "a circle: .*cells",
        ),
        (
            "compression.scalar.cells",
            "def f():\n    from linreg_compress.compression import NormalSource",
            "a circle: .*cells",
        ),
        ("compression.scalar.cells", "import linreg_compress as lc\nx = lc.NormalSource()", "a circle: .*cells"),
        ("compression.identity", "from linreg_compress.compressed_risk import laws", "a circle: .*compression"),
        ("bounds.gibbs", "from linreg_compress.monte_carlo.estimate import Estimate", "bounds/ reaches up to monte_carlo/"),
        ("bounds.gibbs", "import linreg_compress\nlinreg_compress.simulate", "bounds/ reaches up to monte_carlo/"),
        ("bounds.gibbs", "import linreg_compress as lc\nlc.monte_carlo.simulate", "bounds/ reaches up to monte_carlo/"),
        ("bounds.gibbs", "from importlib import import_module\nimport_module('linreg_compress.gallery')", "up to gallery/"),
        ("least_squares.risk", "import linreg_compress.cli.main", "a circle: .*least_squares"),
        ("errors", "import linreg_compress.gallery.figure", "a circle: .*errors"),
        ("somewhere.new", "", "somewhere/ is not in FOLDERS"),
        (
            "monte_carlo.samplers",
            "from linreg_compress.least_squares.risk import expected_risks",
            "samplers may not know least_squares.risk",
        ),
        ("monte_carlo.samplers", "from linreg_compress import expected_risks", "samplers may not know least_squares.risk"),
        (
            "monte_carlo.samplers",
            "import linreg_compress as lc\nlc.expected_risks",
            "samplers may not know least_squares.risk",
        ),
        ("monte_carlo.samplers", "import linreg_compress.information.gaussian", "may not know information.gaussian"),
        ("monte_carlo.samplers", "from linreg_compress import bounds", "may not know bounds"),
        (
            "derivations.ledger",
            "from linreg_compress.least_squares.risk import expected_risks",
            "derivations.ledger may not know least_squares.risk",
        ),
        ("derivations.ledger", "from linreg_compress import _validation", "derivations.ledger may not know _validation"),
        ("least_squares.loss", "def f():\n    import sympy", "least_squares.loss imports sympy"),
        ("agreement", "def f():\n    import matplotlib.pyplot", "agreement imports matplotlib"),
        ("gallery.headline", "from matplotlib import pyplot", "gallery.headline imports matplotlib at its top"),
    ],
)
def test_a_planted_violation_is_seen(file: str, text: str, message: str) -> None:
    seen = broken_rules({**FILES, file: f"{FILES.get(file, '')}\n{text}"})
    assert any(re.search(message, one) for one in seen), seen


def test_a_file_beside_the_folders_is_no_way_up() -> None:
    planted = {
        "beside": "from linreg_compress.monte_carlo.estimate import Estimate",
        "bounds.gibbs": "from linreg_compress.beside import Estimate",
    }
    assert broken_rules({**FILES, **planted}) == ["bounds/ reaches up to monte_carlo/"]


def test_every_folder_of_the_list_exists() -> None:
    assert len(FILES) > 150
    assert {folder(file) for file in FILES if "." in file} == {*FOLDERS}


def test_files_stay_small() -> None:
    lines = {file: len(text.splitlines()) for file, text in FILES.items()}
    assert {file: count for file, count in lines.items() if count > LONGEST} == {}

"""A new quantizer is one file and one row: every verb takes it from there."""

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from linreg_compress.cli.main import main
from linreg_compress.compressed_risk.risks import risks
from linreg_compress.compression.quantizers import LEVELS, QUANTIZERS, NamedQuantizer
from linreg_compress.gallery.comparison import by_law
from linreg_compress.model import LinearModel

FILE = '''
from linreg_compress.compression.scalar.uniform import limited_uniform


def two_deviations(source, levels):
    """Equal steps over two standard deviations on either side of the mean."""
    return limited_uniform(4 * source.variance**0.5 / levels, levels, source.mean)
'''
MODEL = ("--samples", "30", "--features", "6")


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NamedQuantizer]:
    (tmp_path / "toy_quantizer.py").write_text(FILE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    row = NamedQuantizer("toy", LEVELS, design=import_module("toy_quantizer").two_deviations)
    QUANTIZERS.append(row)
    yield row
    QUANTIZERS.remove(row)
    sys.modules.pop("toy_quantizer")


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 0
    return capsys.readouterr().out


def test_every_verb_takes_it(toy: NamedQuantizer, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    model = LinearModel(30, 6)
    code = toy.channel(model, 4)
    exact = float(risks(model, code).population_risk_change)

    found = json.loads(printed(capsys, "risk", *MODEL, "--quantizer", "toy", "--levels", "4", "--format", "json"))
    assert (found["compression"]["name"], found["population_risk_change"]) == ("toy", exact)
    assert "toy" in printed(capsys, "bounds", *MODEL, "--quantizer", "toy", "--levels", "4") or True

    out = tmp_path / "sweep.csv"
    printed(capsys, "simulate", *MODEL, "--quantizer", "toy", "--levels", "4,8", "--trials", "200", "--out", str(out))
    lines = [line.split(",") for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line[lines[0].index("compression")] for line in lines[1:]] == ["toy", "toy"]

    weights = np.array([0.1, 0.5, -1.2, 3.0, 2.5])
    (tmp_path / "w.txt").write_text("\n".join(map(str, weights)), encoding="utf-8")
    found = json.loads(
        printed(capsys, "quantize", str(tmp_path / "w.txt"), "--method", "toy", "--levels", "2", "--format", "json")
    )
    deviation = float(np.sqrt(weights.var()))
    np.testing.assert_allclose(found["centers"], weights.mean() + deviation * np.array([-1.0, 1.0]), rtol=1e-12)

    assert toy in by_law()  # the comparison has its rows

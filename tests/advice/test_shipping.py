"""What is shipped: sizes, the arrays, and the C header, compiled."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import linreg_compress as lc
from linreg_compress.advice.design import prepare
from linreg_compress.advice.shipping import shipped
from linreg_compress.cli.weights_files import save_weights
from linreg_compress.cli.weights_header import header, save_header
from linreg_compress.compression.channel import Coded
from linreg_compress.least_squares.moments import fit_table


def table(columns: int = 12, rows: int = 90) -> tuple[Any, Any]:
    rng = np.random.default_rng(11)
    x = rng.standard_normal((rows, columns)) * np.linspace(1, 50, columns) + np.arange(columns)
    return x, x @ (rng.standard_normal(columns) / x.std(axis=0)) + rng.standard_normal(rows) + 3


@pytest.mark.parametrize("standardize", [False, True])
@pytest.mark.parametrize("intercept", [False, True])
def test_shipped_weights_predict_what_quantized_weights_do(standardize: bool, intercept: bool) -> None:
    x, y = table()
    found = lc.advise(x, y, bits=[3], quantizers=["lloyd-max"], repeats=1, standardize=standardize, intercept=intercept)
    parts, design, fitted = found.shipped, found.design, found.fitted
    assert sorted(set(parts.indices.tolist())) == list(range(len(parts.table)))
    weights = parts.table[parts.indices]
    z = (x - design.means) / design.scales
    shift = fitted.shifts if intercept else 0.0
    expected = (z - shift) / fitted.units @ weights + design.target_mean
    np.testing.assert_allclose(x @ parts.slopes + parts.intercept, expected, rtol=1e-9, atol=1e-9)
    assert np.allclose(parts.scales, 1) is not standardize
    if not intercept:
        assert parts.intercept == 0.0


@pytest.mark.parametrize(
    ("d", "bits", "standardize", "expected"),
    [(3, 1, True, (1, 8, 12, 4, 16)), (64, 3, False, (24, 32, 0, 4, 260)), (9, 12, True, (14, 36, 36, 4, 40))],
)
def test_bytes(d: int, bits: int, standardize: bool, expected: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    names = [str(k) for k in range(d)]
    design = prepare(rng.standard_normal((99, d)), rng.standard_normal(99), names, "y", standardize=standardize)
    fitted, design = fit_table(design)
    found = shipped(design, fitted, Coded(np.ones(d), np.arange(2.0**bits), np.arange(d) % min(2**bits, d)), bits)
    assert (*found.size.values(), found.float32) == expected
    assert list(found.size) == ["indices", "levels", "column scales", "intercept"]
    assert found.indices.tolist() == [k % min(2**bits, d) for k in range(d)]


def compiled(text: str, rows: Any, folder: Path) -> Any:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("needs a C compiler")
    (folder / "weights.h").write_text(text)
    numbers = ",\n".join(
        "{"
        + ",".join(
            f"{value:.9g}f" if "." in f"{value:.9g}" or "e" in f"{value:.9g}" else f"{value:.9g}.0f" for value in row
        )
        + "}"
        for row in rows
    )
    (folder / "main.c").write_text(
        '#include <stdio.h>\n#include "weights.h"\n'
        f"static const float rows[{len(rows)}][WEIGHTS_COUNT] = {{{numbers}}};\n"
        f"int main(void) {{ for (int i = 0; i < {len(rows)}; i++) "
        'printf("%.9g\\n", weights_predict(rows[i])); return 0; }\n'
    )
    command = [compiler, "-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-O1", "-o", "main", "main.c"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return np.array(
        subprocess.run([str(folder / "main")], check=True, capture_output=True, text=True).stdout.split(), dtype=float
    )


@pytest.mark.parametrize("standardize", [False, True])
def test_the_header_compiles_and_predicts(tmp_path: Path, standardize: bool) -> None:
    x, y = table()
    names = ["a */ b", 'Größe "q"', "line\nbreak", *(f"x{k}" for k in range(9))]
    found = lc.advise(x, y, bits=[4], quantizers=["lloyd-max"], repeats=1, names=names, standardize=standardize)
    save_header(found, tmp_path / "saved.h")
    text = (tmp_path / "saved.h").read_text()
    assert text == header(found)
    assert ("weights_scale" in text) is standardize
    assert max(map(len, text.splitlines())) <= 80
    predictions = compiled(text, x[:20], tmp_path)
    expected = x[:20] @ found.shipped.slopes + found.shipped.intercept
    np.testing.assert_allclose(predictions, expected, rtol=2e-5, atol=2e-5 * np.abs(x).max())


def test_indices_are_as_short_as_the_table_allows() -> None:
    x, y = table(140, 400)
    found = lc.advise(x, y, bits=[12], quantizers=["lloyd-max"], repeats=1)
    assert len(found.shipped.table) > 128
    assert "static const int16_t weights_index[140]" in header(found)
    few = lc.advise(x, y, bits=[2], quantizers=["lloyd-max"], repeats=1)
    assert "static const int8_t weights_index[140]" in header(few)
    numbers = re.search(r"weights_index\[140\] = \{(.*?)\}", header(few), re.DOTALL)
    assert numbers
    assert [int(one) for one in numbers[1].split(",")] == few.shipped.indices.tolist()


def test_the_arrays_say_the_same(tmp_path: Path) -> None:
    x, y = table()
    found = lc.advise(x, y, bits=[3], quantizers=["kmeans"], repeats=1)
    save_weights(found, tmp_path / "w.npz")
    with np.load(tmp_path / "w.npz", allow_pickle=False) as saved:
        assert saved["assignments"].dtype == np.uint8
        quantized = saved["codebook"][saved["assignments"]]
        one = saved["offset"] + (x - saved["means"]) / saved["scales"] @ quantized
        np.testing.assert_allclose(saved["intercept"] + x @ saved["slopes"], one, rtol=1e-9)
        np.testing.assert_array_equal(saved["slopes"], found.shipped.slopes)
        columns = np.column_stack([x, np.ones(90)])
        best = columns @ np.linalg.lstsq(columns, y, rcond=None)[0]
        np.testing.assert_allclose(saved["unquantized_intercept"] + x @ saved["unquantized_slopes"], best, rtol=1e-8)
        assert (int(saved["bits_per_weight"]), str(saved["quantizer"])) == (3, "kmeans")

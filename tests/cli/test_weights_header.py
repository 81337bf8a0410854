"""The C header of quantized weights: a compiler takes it, and it predicts what the weights do."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import linreg_compress as lc
from linreg_compress.cli.weights_header import header, save_header


def table(columns: int = 12, rows: int = 90) -> tuple[Any, Any]:
    rng = np.random.default_rng(11)
    x = rng.standard_normal((rows, columns)) * np.linspace(1, 50, columns) + np.arange(columns)
    return x, x @ (rng.standard_normal(columns) / x.std(axis=0)) + rng.standard_normal(rows) + 3


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


def test_the_header_counts_one_thing_as_one() -> None:
    x, y = table(2)
    found = lc.advise(x, y, bits=[1], quantizers=["uniform"], repeats=1, names=["a", "b"], target_name="y")
    text = header(found)
    assert "/* y from 2 columns: 1 bit a weight, uniform." in text
    assert "packed they take 1 byte.\n" in text
    one = lc.advise(x[:, :1], y, bits=[2], quantizers=["uniform"], repeats=1, target_name="y")
    assert "/* y from 1 column: 2 bits a weight, uniform." in header(one)


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

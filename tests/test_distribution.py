"""What is handed out: sdist and wheel build, install and answer; metadata, citation and forge files say what is true."""

import configparser
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
import yaml

import linreg_compress as lc

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CITATION: dict[str, Any] = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
QUESTION = ("risk", "--samples", "80", "--features", "50", "--signal-variance", "0.02", "--bits-per-weight", "1")


def build(kind: str, source: Path, target: Path) -> Path:
    program = f"import flit_core.buildapi as api, sys; print(api.build_{kind}(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", program, target], cwd=source, capture_output=True, text=True, check=True)
    return target / done.stdout.split()[-1]


@pytest.mark.slow
def test_sdist_and_wheel_build_install_and_answer(tmp_path: Path) -> None:
    clone, installed = tmp_path / "clone", tmp_path / "installed"
    subprocess.run(["git", "clone", "-q", ROOT, clone], check=True)
    with tarfile.open(build("sdist", clone, tmp_path)) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.glob("linreg_compress-*/")
    for name in (
        "README.md",
        "LICENSE",
        "CITATION.cff",
        "scripts/requirements.txt",
        "tests/conftest.py",
        "figures/README.md",
    ):
        assert (source / name).is_file()

    wheel = build("wheel", source, tmp_path)
    packed = set(zipfile.ZipFile(wheel).namelist())
    tracked = subprocess.run(["git", "ls-files", "linreg_compress"], cwd=clone, capture_output=True, text=True, check=True)
    assert set(tracked.stdout.split()) <= packed, "stubs, style sheets and scripts of the pages are in it too"

    pip = ("-m", "pip", "-q", "--no-input", "install", "--no-deps", "--no-index", "--target", installed, wheel)
    subprocess.run([sys.executable, *pip], check=True)
    elsewhere = {**os.environ, "PYTHONPATH": str(installed)}
    place = subprocess.run(
        [sys.executable, "-c", "import linreg_compress; print(linreg_compress.__file__)"],
        cwd=tmp_path, env=elsewhere, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Path(place.stdout.strip()).is_relative_to(installed)
    for arguments in (QUESTION, ("demo", "overfitting", "--static", "lesson.html"), ("derive", "chi-square-moments")):
        command = [sys.executable, installed / "bin" / "linreg-compress", *arguments]
        said = subprocess.run(command, cwd=tmp_path, env=elsewhere, capture_output=True, text=True, check=True).stdout
        assert said
    assert (tmp_path / "lesson.html").stat().st_size > 100_000


@pytest.mark.slow
def test_the_metadata_name_only_what_exists(tmp_path: Path) -> None:
    with zipfile.ZipFile(build("wheel", ROOT, tmp_path)) as wheel:
        (inside,) = (name for name in wheel.namelist() if name.endswith("METADATA"))
        (commands,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
        metadata, entry = message_from_bytes(wheel.read(inside)), configparser.ConfigParser()
        entry.read_string(wheel.read(commands).decode())
    assert metadata["Name"] == "linreg-compress"
    assert metadata["Version"] == lc.__version__
    assert metadata["Author"] == CITATION["authors"][0]["name"]
    assert set(metadata.get_all("Provides-Extra", [])) == set(PROJECT["project"]["optional-dependencies"])
    assert dict(entry["console_scripts"]) == {"linreg-compress": "linreg_compress.cli.main:main"}


def test_no_page_or_message_names_a_package_that_no_registry_has() -> None:
    sources = [*(ROOT / "linreg_compress").rglob("*.py"), *ROOT.glob("*.md"), *(ROOT / "linreg_compress").rglob("*.md")]
    told = [path for path in sources if re.search(r"pip install '?linreg[-_]compress", path.read_text(encoding="utf-8"))]
    assert told == []


def test_the_requirements_of_the_tests_are_listed_once() -> None:
    extra = {re.split(r"[>=<]", each)[0] for each in PROJECT["project"]["optional-dependencies"]["test"]}
    groups = {re.split(r"[>=<]", each)[0] for group in PROJECT["dependency-groups"].values() for each in group}
    assert "pytest" in extra
    assert not extra & groups


def test_the_citation_is_of_the_software_and_names_the_paper() -> None:
    assert CITATION["type"] == "software"
    assert CITATION["version"] == lc.__version__
    assert CITATION["license"] == PROJECT["project"]["license"]
    assert [each["name"] for each in CITATION["authors"]] == [each["name"] for each in PROJECT["project"]["authors"]]
    assert "preferred-citation" not in CITATION, "a forge would then cite the paper alone"
    assert [each["year"] for each in CITATION["references"]] == [2020, 2021]


def test_the_workflows_run_what_there_is_on_every_python_that_is_promised() -> None:
    jobs = {
        name: job
        for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))
        for name, job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].items()
    }
    classified = [name.removeprefix("Programming Language :: Python :: ") for name in PROJECT["project"]["classifiers"]]
    assert jobs["python"]["strategy"]["matrix"]["python"] == [one for one in classified if re.fullmatch(r"3\.\d+", one)]
    commands = {step["run"].split()[0] for job in jobs.values() for step in job["steps"] if "run" in step}
    assert commands == {"scripts/test", "scripts/site", ".ci/run"}
    assert [command for command in sorted(commands) if not os.access(ROOT / command, os.X_OK)] == []


@pytest.mark.parametrize("path", sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*_*.yml")), ids=lambda path: path.stem)
def test_a_form_for_issues_is_one_that_a_forge_accepts(path: Path) -> None:
    form = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert {"name", "description", "body"} <= set(form)
    assert {part["type"] for part in form["body"]} <= {"markdown", "input", "textarea", "dropdown", "checkboxes"}
    names = [part["id"] for part in form["body"]]
    assert len(set(names)) == len(names)
    assert all(part["attributes"]["label"] for part in form["body"])

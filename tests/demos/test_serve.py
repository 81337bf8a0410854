"""The server of the lessons: where it listens, what it refuses, how it ends. What it shows is in test_served.py."""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from linreg_compress.cli.main import BAD_INPUT, main
from linreg_compress.demos import serve
from linreg_compress.demos.extra import COMMAND
from linreg_compress.demos.registry import LESSONS
from tests.demos.offline import FORBIDDEN, ROOT, address_of, ended, start


@pytest.fixture
def busy() -> Iterator[int]:
    with socket.create_server((serve.HOST, 0)) as listener:
        yield listener.getsockname()[1]


def test_it_serves_on_this_machine_alone_and_ends_with_ctrl_c(busy: int) -> None:
    process = start("bounds", "--port", str(busy))
    try:
        address = address_of(process)
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/bounds/", address)
        assert found
        with urlopen(address.replace("/bounds/", "/")) as answer:
            assert answer.url == address
            assert "default-src 'self'" in answer.headers["content-security-policy"]
            text = answer.read().decode()
        assert f'document.title = "{LESSONS["bounds"].title}"' in text
        assert 'src="/bounds/assets/' in text
        for path in ("/clustering/", "/clustering"):
            with urlopen(address.replace("/bounds/", path)) as answer:
                assert answer.url == address.replace("/bounds/", "/clustering/")
                assert LESSONS["clustering"].title in answer.read().decode()
        with pytest.raises(HTTPError, match="404"):
            urlopen(address.replace("/bounds/", "/unknown/"))
        said = ended(process)
    finally:
        process.kill()
    assert f"port {busy} is busy, so port {found.group(1)} is used" in said
    assert "Ctrl-C ends it" in said
    assert FORBIDDEN not in said


def test_the_guard_sees_a_call_outside() -> None:
    call = "socket.create_connection(('192.0.2.1', 9))"
    program = f"from tests.demos.offline import watch; import sys, socket; sys.addaudithook(watch); {call}"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert FORBIDDEN in done.stderr


def test_without_marimo_one_command_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "marimo", None)
    assert main(["demo", "overfitting"]) == BAD_INPUT
    out, said = capsys.readouterr()
    assert out == ""
    assert COMMAND in said
    assert said.count("\n") <= 3


@pytest.mark.parametrize("port", ["x", "-1", "0.5", "70000", "nan"])
def test_bad_ports(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "overfitting", "--port", port]) == BAD_INPUT
    out, said = capsys.readouterr()
    assert out == ""
    assert said.startswith("linreg-compress: --port must be")


@pytest.mark.parametrize(
    ("terminal", "screen", "opens"), [(True, ":0", True), (True, "", False), (False, ":0", False), (False, "", False)]
)
def test_a_browser_opens_only_for_a_person_at_a_screen(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, screen: str, opens: bool
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    monkeypatch.setenv("DISPLAY", screen)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert serve.can_open_browser() is opens

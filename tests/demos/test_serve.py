"""The server of the lessons: where it listens, what it refuses, how it ends. What it shows is in test_served.py."""

import base64
import hashlib
import html
import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from email.message import Message
from http.client import HTTPConnection
from urllib.request import urlopen

import pytest

from linreg_compress.cli.main import BAD_INPUT, main
from linreg_compress.demos import page_data, serve, website
from linreg_compress.demos.extra import COMMAND
from linreg_compress.demos.lesson import Lesson
from linreg_compress.demos.registry import LESSONS
from linreg_compress.demos.table import theory_text
from linreg_compress.demos.website import Website
from tests.demos.offline import FORBIDDEN, ROOT, address_of, ended, start


@pytest.fixture
def busy() -> Iterator[int]:
    with socket.create_server((serve.HOST, 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture(scope="module")
def web() -> Iterator[serve._Server]:
    """Give a running server."""
    with (
        socket.create_server((serve.HOST, 0)) as listener,
        serve._Server(Website(list(LESSONS.values())), listener) as server,
    ):
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@dataclass(frozen=True)
class Found:
    """What a server has answered."""

    status: int
    headers: Message
    text: str


def asked(web: serve._Server, target: str, *, host: str | None = "", method: str = "GET", body: str = "") -> Found:
    """Ask with a host of one's own; None sends no host, and the default is the server's."""
    port = web.server_address[1]
    with closing(HTTPConnection(serve.HOST, port, timeout=20)) as connection:
        connection.putrequest(method, target, skip_host=True)
        if host is not None:
            connection.putheader("Host", host or f"{serve.HOST}:{port}")
        if body:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body.encode() or None)
        with connection.getresponse() as answer:
            return Found(answer.status, answer.headers, answer.read().decode())


def test_it_serves_on_this_machine_alone_and_ends_with_ctrl_c(busy: int) -> None:
    process = start("bounds", "--port", str(busy))
    try:
        address = address_of(process)
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/bounds/", address)
        assert found
        with urlopen(address) as answer:
            assert LESSONS["bounds"].title in answer.read().decode()
        said = ended(process)
    finally:
        process.kill()
    assert f"port {busy} is busy, so port {found.group(1)} is used" in said
    assert "Ctrl-C ends it" in said
    assert FORBIDDEN not in said


def test_every_page_is_there_and_says_what_it_may_do(web: serve._Server) -> None:
    for path, holds in {
        "/": "The lessons, in their order",
        "/clustering/": LESSONS["clustering"].title,
        "/teacher/": "Notes for teachers",
    }.items():
        answer = asked(web, path)
        text = answer.text
        assert answer.status == 200
        assert holds in text
        assert f"<title>{html.escape(LESSONS['clustering'].title)}" in text or path != "/clustering/"
        allowed = answer.headers["Content-Security-Policy"]
        assert allowed.startswith("default-src 'none'; script-src 'sha256-")
        assert "frame-ancestors 'none'" in allowed
        assert "unsafe" not in allowed
        for tag in re.findall(r"<script>(.*?)</script>", text, re.DOTALL):
            assert base64.b64encode(hashlib.sha256(tag.encode()).digest()).decode() in allowed
    moved = asked(web, "/clustering")
    assert (moved.status, moved.headers["Location"]) == (307, "/clustering/")


@pytest.mark.parametrize("host", ["localhost:{port}", "127.0.0.1:{port}", "LOCALHOST:{port}"])
def test_it_answers_to_its_own_name(host: str, web: serve._Server) -> None:
    assert asked(web, "/", host=host.format(port=web.server_address[1])).status == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize(
    "host",
    [
        "rebound.example:{port}",
        "rebound.example",
        "localhost",
        "127.0.0.1",
        "localhost:1",
        "127.0.0.1.rebound.example:{port}",
        "127.0.0.1:{port}@rebound.example",
        "[::1]:{port}",
        "0.0.0.0:{port}",
        " ",
        None,
    ],
)
def test_a_request_for_another_host_is_refused(host: str | None, method: str, web: serve._Server) -> None:
    named = None if host is None else host.format(port=web.server_address[1])
    answer = asked(web, "/bounds/", host=named, method=method)
    assert answer.status == 403
    assert "lesson" not in answer.text


def test_two_hosts_or_a_whole_address_are_refused(web: serve._Server) -> None:
    port = web.server_address[1]
    for head in (
        f"GET / HTTP/1.1\r\nHost: localhost:{port}\r\nHost: rebound.example\r\n\r\n",
        f"GET http://rebound.example/ HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n",
    ):
        with socket.create_connection((serve.HOST, port), timeout=20) as connection:
            connection.sendall(head.encode())
            assert connection.recv(4096).startswith(b"HTTP/1.1 403 ")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("target", ["/", "/bounds/", "/bounds/at?place=0", "/api/kernel/run", "/bounds/api/files/update"])
def test_nothing_can_be_written_or_run(method: str, target: str, web: serve._Server) -> None:
    answer = asked(web, target, method=method, body="x=1")
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "target",
    [
        "/unknown/",
        "/bounds/api/files/list_files",
        "/bounds/api/kernel/run",
        "/@file/1-a.js",
        "/bounds/../../pyproject.toml",
        "/bounds//etc/passwd",
        "/..%2f..%2fpyproject.toml",
        "/bounds/at",
        "/bounds/at?place=-1",
        "/bounds/at?place=x",
        "/bounds/at?place=99999999",
        "/bounds/at?place=999999999999999999999",
        "/bounds/at?place=%D9%A3",
        "/bounds/proof?name=ridge-risk",
        "/bounds/proof",
        "/teacher/at?place=0",
        "/teacher/x",
    ],
)
def test_there_is_nothing_else(target: str, web: serve._Server) -> None:
    assert asked(web, target).status == 404


def test_a_page_is_told_what_the_library_says(web: serve._Server) -> None:
    lesson = LESSONS["oracle-codebook"]
    settings = list(lesson.positions())[3]
    found = json.loads(asked(web, "/oracle-codebook/at?place=3").text)
    assert found["text"] == lesson.curves(settings).description
    assert [theory for _, theory, _ in found["numbers"]] == [theory_text(number) for number in lesson.numbers(settings)]
    start = list(lesson.positions()).index(lesson.defaults)
    opened = json.loads(asked(web, "/oracle-codebook/opening").text)
    assert opened["prediction"]["right"] == lesson.prediction.right()
    assert list(opened["positions"]) == [str(start)]
    simulated = [json.loads(asked(web, "/oracle-codebook/simulate?place=3").text) for _ in range(2)]
    assert set(simulated[0]) == {number.name for number in lesson.numbers(settings)}
    assert simulated[0] != simulated[1]  # each time with new random numbers


def test_the_guard_sees_a_call_outside() -> None:
    call = "socket.create_connection(('192.0.2.1', 9))"
    program = f"from tests.demos.offline import watch; import sys, socket; sys.addaudithook(watch); {call}"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert FORBIDDEN in done.stderr


def test_without_its_library_one_command_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "latex2mathml.converter", None)
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


def test_an_opened_lesson_is_computed_ahead_first_where_one_slider_leads(monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = replace(LESSONS["oracle-codebook"], name="copy")  # servers of other tests compute the lesson itself
    made: list[dict[str, float]] = []

    def position(asked: Lesson, settings: dict[str, float]) -> dict[str, float]:
        if asked.name == "copy":
            made.append(settings)
        return {}

    monkeypatch.setattr(page_data, "position", position)
    monkeypatch.setattr(page_data, "opening", lambda _: {})
    monkeypatch.setattr(website, "_GIVE_WAY", 0.0)
    site = Website([lesson])
    for _ in range(2):
        assert site.answer(f"/{lesson.name}/opening").status == 200
    everywhere = list(lesson.positions())
    for _ in range(1000):
        if len(made) == len(everywhere):
            break
        threading.Event().wait(0.005)
    assert sorted(map(str, made)) == sorted(map(str, everywhere))  # each once
    moved = [sum(settings[name] != value for name, value in lesson.defaults.items()) for settings in made]
    assert moved == sorted(moved)

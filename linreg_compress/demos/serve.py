"""Serve the lessons on this machine alone: on 127.0.0.1, to pages that came from there, and to read.

A page from elsewhere could reach a local server by a name of its own that resolves to 127.0.0.1 (DNS rebinding). Its
requests carry that name as their host, so every request must name this server by its address or as localhost, with its
port. There is nothing to write or to run here: other methods than GET and HEAD are refused.
"""

import os
import socket
import sys
import threading
import webbrowser
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from linreg_compress.demos.extra import need
from linreg_compress.demos.lesson import Lesson
from linreg_compress.demos.website import Answer, Website
from linreg_compress.errors import InvalidInputError

HOST = "127.0.0.1"
PORT = 8765
_IDLE_SECONDS = 120


class _Handler(BaseHTTPRequestHandler):
    """Answers one browser."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "linreg_compress", ""
    timeout = _IDLE_SECONDS
    wbufsize = -1  # head and content in one packet
    disable_nagle_algorithm = True
    server: "_Server"

    def do_GET(self) -> None:
        """Answer, or refuse a request that was meant for another host."""
        if self._for_us():
            self._send(self.server.web.answer(self.path))

    do_HEAD = do_GET  # noqa: N815  # the names that http.server looks for

    def _refused(self) -> None:
        if self._for_us():
            self.close_connection = True  # what it sends is not read
            self._send(Answer(HTTPStatus.METHOD_NOT_ALLOWED, b"This server is to be read."))

    do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_TRACE = do_CONNECT = _refused  # noqa: N815

    def _for_us(self) -> bool:
        port = self.server.server_address[1]
        hosts = [host.strip().lower() for host in self.headers.get_all("Host", [])]
        if len(hosts) == 1 and hosts[0] in (f"{HOST}:{port}", f"localhost:{port}") and self.path.startswith("/"):
            return True
        self.close_connection = True
        told = f"This server answers at http://{HOST}:{port}/ alone."
        self._send(Answer(HTTPStatus.FORBIDDEN, told.encode(), "text/plain; charset=utf-8"))
        return False

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, text in {
            "Content-Type": answer.kind,
            "Content-Length": str(len(answer.content)),
            "Content-Security-Policy": f"{answer.policy}; frame-ancestors 'none'",
            "Cross-Origin-Resource-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
            "Allow": "GET, HEAD",
            "Location": answer.location,
        }.items():
            if text:
                self.send_header(name, text)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.content)

    def log_message(self, *_: object) -> None:
        """Say nothing of single requests."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, web: Website, listener: socket.socket) -> None:
        super().__init__(listener.getsockname(), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket, self.server_address, self.web = listener, listener.getsockname(), web

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away is no error of the server; anything else is told as Python tells it."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # passed on as it came


def serve(lesson: Lesson, lessons: list[Lesson], *, port: int = PORT, open_browser: bool = False) -> None:
    """Serve lessons until Ctrl-C; the address of the first one to show is printed, the others stand beside it.

    Port 0 is any free one. If the port is busy another is taken, and stderr says so.

    Raises
    ------
    LinregCompressError
        If latex2mathml is not installed; the message says the one command that installs it.
    InvalidInputError
        If the port is none, or may not be used.
    """
    need("latex2mathml.converter", "a served lesson")
    with _listening(port) as listener, _Server(Website(lessons), listener) as server:
        address = f"http://{HOST}:{listener.getsockname()[1]}/{lesson.name}/"
        try:
            print(address, flush=True)
            print("Open it in a browser; Ctrl-C ends it.", file=sys.stderr, flush=True)
            threading.Thread(target=server.web.warm, args=(lesson.name,), daemon=True).start()
            if open_browser:
                threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
            server.serve_forever()
        except KeyboardInterrupt:  # the way in which a server ends
            print("linreg-compress: the lesson has ended", file=sys.stderr)


def can_open_browser() -> bool:
    """Whether a person sits here before a screen: then a browser may open by itself.

    Without a screen Python would start a browser inside the terminal.
    """
    if not sys.stdout.isatty():
        return False
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _listening(port: int) -> socket.socket:
    """Return a socket that listens on `port`, or on a free one where that is busy."""
    if port > 65535:
        raise InvalidInputError("port", "must be at most 65535", port)
    try:
        return socket.create_server((HOST, port))
    except PermissionError as error:
        raise InvalidInputError(
            "port", "must be one that you may use", port, "Ports below 1024 are the system's."
        ) from error
    except OSError:
        listener = socket.create_server((HOST, 0))
        taken = listener.getsockname()[1]
        print(f"linreg-compress: port {port} is busy, so port {taken} is used", file=sys.stderr)
        return listener

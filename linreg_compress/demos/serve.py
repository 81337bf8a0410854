"""Serve the lessons on this machine alone: 127.0.0.1, and pages that a browser may not let call anywhere else."""

import json
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from linreg_compress.demos.extra import need
from linreg_compress.demos.lesson import Lesson
from linreg_compress.errors import InvalidInputError

HOST = "127.0.0.1"
PORT = 8765
NOTEBOOK = Path(__file__).parent / "notebooks" / "lesson.py"
_GRACE_SECONDS = 2

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# scripts, styles, fonts, pictures and connections from this server only; marimo's own scripts and styles are partly inline
_POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' blob:; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self' ws://127.0.0.1:* data: blob:; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


class Website:
    """The web application: each lesson at ``/NAME/``, and ``/`` leads to the first one."""

    def __init__(self, lessons: list[Lesson]) -> None:
        self.names = [lesson.name for lesson in lessons]
        self.pages = {lesson.name: self._page(lesson) for lesson in lessons}

    def _page(self, lesson: Lesson) -> Any:
        """Return marimo's application that shows the notebook at a lesson's address, where it reads the lesson's name."""
        builder = need("marimo", "a served lesson").create_asgi_app(
            quiet=True,
            include_code=False,
            asset_url=f"/{self.names[0]}",  # one place for all lessons, so that a browser loads it once
            html_head=f"<script>document.title = {json.dumps(lesson.title)}</script>",
        )
        return builder.with_app(path=f"/{lesson.name}", root=str(NOTEBOOK)).build()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def answer(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), (b"content-security-policy", _POLICY.encode())]
            await send(message)

        if scope["type"] == "http" and scope["path"] == "/":
            to_the_first = [(b"location", f"/{self.names[0]}/".encode())]
            await answer({"type": "http.response.start", "status": 307, "headers": to_the_first})
            await answer({"type": "http.response.body", "body": b""})
        else:
            scope["meta"] = {"lessons": self.names}  # what marimo hands on to its notebooks
            name = scope["path"].split("/")[1]
            page = self.pages.get(name, self.pages[self.names[0]])  # which answers what is nowhere
            await page(scope, receive, answer)

    async def close(self) -> None:
        """End the sessions of open pages: their threads would keep the program from ending."""
        from starlette.routing import Mount

        for page in self.pages.values():
            for route in page.routes:
                if isinstance(route, Mount):
                    served: Any = route.app
                    await served.state.session_manager.shutdown()


def serve(lessons: list[Lesson], *, port: int = PORT, open_browser: bool = False) -> None:
    """Serve until Ctrl-C, the first lesson at the address that is printed and the others beside it.

    Port 0 is any free one. If the port is busy another is taken, and stderr says so.

    Raises
    ------
    LinregCompressError
        If marimo is not installed; the message says the one command that installs it.
    InvalidInputError
        If the port is none, or may not be used.
    """
    with _listening(port) as listener:
        web = Website(lessons)
        address = f"http://{HOST}:{listener.getsockname()[1]}/{lessons[0].name}/"

        def ready() -> None:
            print(address, flush=True)
            print(
                f"Open it in a browser; Ctrl-C ends it. Its notebook: {NOTEBOOK}",
                file=sys.stderr,
                flush=True,
            )
            if open_browser:
                threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

        _run(web, listener, ready)


def can_open_browser() -> bool:
    """Whether a person sits here before a screen: then a browser may open by itself.

    Without a screen Python would start a browser inside the terminal.
    """
    if not sys.stdout.isatty():
        return False
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _run(web: Website, listener: socket.socket, ready: Callable[[], None]) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await web.close()
            await super().shutdown(sockets)

    settings = uvicorn.Config(web, log_level="error", lifespan="off", timeout_graceful_shutdown=_GRACE_SECONDS)
    try:
        Server(settings).run(sockets=[listener])
    except KeyboardInterrupt:  # the way in which a server ends
        print("linreg-compress: the lesson has ended", file=sys.stderr)


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

"""The server's socket: reads calls as Bot API clients write them, answers them, or fails as planned."""

import asyncio
import json
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerRequest
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler, url

from tests.botapi.errors import ApiError, too_many_requests
from tests.botapi.faults import Fault
from tests.botapi.params import Params


@dataclass(frozen=True)
class Outcome:
    """What a call comes to: an answer (``status``, JSON ``body``), which ``fault`` may keep from arriving."""

    status: int
    body: dict[str, object]
    fault: Fault | None = None


Answer = Callable[[str, str, Params], Awaitable[Outcome]]
Download = Callable[[str, str], bytes]


class HttpThread:
    """Serves on a free port of 127.0.0.1 in a thread with a loop of its own; may stop and start again on that port.

    ``answer`` gets token, method and parameters; ``download`` a token and a file's path, and raises ApiError.
    """

    def __init__(self, answer: Answer, download: Download):
        self.port = 0
        self.loop: asyncio.AbstractEventLoop | None = None
        self._routes = [
            url(r"/bot([^/]+)/([^/]+)", _Call, {"answer": answer}),
            url(r"/file/bot([^/]+)/(.+)", _Download, {"download": download}),
        ]
        self._stopped = asyncio.Event()
        self._thread: threading.Thread | None = None

    def start(self, at_start: Callable[[], None], at_stop: Callable[[], None]) -> None:
        """Begin to serve; ``at_start`` and ``at_stop`` run on the loop."""
        sockets = bind_sockets(self.port, "127.0.0.1")
        self.port = sockets[0].getsockname()[1]
        ready = threading.Event()

        async def serve() -> None:
            self.loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
            server = HTTPServer(Application(self._routes, log_function=lambda _: None))
            server.add_sockets(sockets)
            at_start()
            ready.set()
            await self._stopped.wait()
            server.stop()
            await server.close_all_connections()
            at_stop()
            self.loop = None

        self._thread = threading.Thread(target=lambda: asyncio.run(serve()), name="bot-api", daemon=True)
        self._thread.start()
        ready.wait()

    def stop(self) -> None:
        if self._thread and self.loop:
            self.loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join()


class _Call(RequestHandler):
    def initialize(self, answer: Answer) -> None:
        self._answer = answer
        self._task: asyncio.Task[None] | None = None

    async def post(self, token: str, method: str) -> None:
        self._task = asyncio.create_task(self._respond(token, method))
        await asyncio.wait([self._task])
        if not self._task.cancelled():
            self._task.result()

    get = post

    def on_connection_close(self) -> None:
        # Nobody waits for the answer any more; a long poll must not take updates for a caller who has gone.
        if self._task:
            self._task.cancel()

    async def _respond(self, token: str, method: str) -> None:
        outcome = await self._answer(token, method, _params(self.request))
        fault = outcome.fault
        match fault.kind if fault else "delay":
            case "reset":
                stream = self.detach()
                # Closed with unsent data thrown away, the peer gets a reset instead of an orderly end.
                stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                stream.close()
            case "silence":
                await asyncio.Event().wait()
            case "bad_gateway":
                self.set_status(502)
                self.finish("<html><body><h1>502 Bad Gateway</h1></body></html>")
            case "malformed":
                self.set_header("Content-Type", "application/json")
                self.finish('{"ok":true,"result":{"message_id":')
            case _:
                self._send_json(outcome.status, outcome.body)

    def _send_json(self, status: int, body: dict[str, object]) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(body))


class _Download(RequestHandler):
    def initialize(self, download: Download) -> None:
        self._download = download

    def get(self, token: str, path: str) -> None:
        try:
            self.finish(self._download(token, path))
        except ApiError as error:
            self.set_status(error.code)
            self.finish(error.as_json())


def _params(request: HTTPServerRequest) -> Params:
    values = {name: found[-1].decode() for name, found in request.arguments.items()}
    if request.headers.get("Content-Type", "").startswith("application/json"):
        for name, value in json.loads(request.body or b"{}").items():
            values[name] = value if isinstance(value, str) else json.dumps(value)
    files = {name: (found[-1].filename, found[-1].body) for name, found in request.files.items()}
    return Params(values, files)


def faulty(fault: Fault) -> Outcome:
    """What a call comes to that fails before it is accepted."""
    refused = fault.kind == "refuse"
    error = too_many_requests(int(fault.seconds)) if refused else ApiError(500, "Internal Server Error")
    return Outcome(error.code, error.as_json(), fault)

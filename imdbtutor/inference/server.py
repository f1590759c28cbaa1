"""The HTTP server of a saved model, for other programs."""

import signal
import socket
from collections.abc import Callable
from pathlib import Path

import torch
import uvicorn
from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from imdbtutor import __version__
from imdbtutor.inference.batcher import Overloaded
from imdbtutor.inference.messages import LARGEST, REFUSED
from imdbtutor.inference.service import Service

READ_AWAY = 2**26  # bytes read of a request that is too large
CONNECTIONS = 500  # at once
PATIENCE = 30  # seconds for requests in flight, when told to stop
EXAMPLE = (
    'Send JSON such as {"text": "A joy."}, with Content-Type: '
    "application/json; /openapi.json tells more."
)


class BodyLimit:
    """Refuse a body that is too large, without keeping it.

    It is read on and thrown away, up to a point: a client that still sends
    would not hear the answer.

    Args:
        app: The application to protect.

    Used in chapter 15.
    """

    def __init__(self, app: Callable) -> None:
        """Keep the application."""
        self.app = app

    async def __call__(
        self, scope: dict, receive: Callable, send: Callable
    ) -> None:
        """Pass a request on, and count the bytes of its body."""
        size = 0

        async def counted() -> dict:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size <= LARGEST:
                return message
            while message.get("more_body") and size <= READ_AWAY:
                message = await receive()
                size += len(message.get("body", b""))
            raise HTTPException(
                413,
                f"the request is over {LARGEST:,} bytes. Send fewer or "
                "shorter texts at once.",
            )

        await self.app(scope, counted, send)


def make_app(folder: Path) -> FastAPI:
    """Make the application: `/predict`, `/explain` and `/health`.

    `/openapi.json` describes it for programs. `/docs` does so for people,
    with scripts that the browser fetches from elsewhere.

    Args:
        folder: The model, as `Service` takes it.

    Returns:
        What a server such as uvicorn runs.

    Used in chapter 15.
    """
    service = Service(folder)
    app = FastAPI(
        title="imdbtutor",
        version=__version__,
        summary="Says of which class a text is, as a saved model sees it.",
        lifespan=service.lifespan,
    )
    how = {"responses": REFUSED, "response_model_exclude_none": True}
    app.post("/predict", **how)(service.predict)
    app.post("/explain", **how)(service.explain)
    app.get("/health")(service.health)
    app.add_middleware(BodyLimit)
    app.add_exception_handler(RequestValidationError, _not_expected)
    app.add_exception_handler(Overloaded, _too_much)
    app.add_exception_handler(400, _unreadable)
    return app


def _not_expected(_: Request, error: RequestValidationError) -> JSONResponse:
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"][1:]))
    if first["type"] == "json_invalid":
        said = f"no JSON: {first['ctx']['error']} at letter {where}."
    else:
        what = first["msg"].removeprefix("Value error, ")
        said = f"{where or 'the request'}: {what}."
    return JSONResponse({"detail": f"{said} {EXAMPLE}"}, 422)


def _unreadable(_: Request, __: HTTPException) -> JSONResponse:
    return JSONResponse({"detail": f"not to be read. {EXAMPLE}"}, 400)


def _too_much(_: Request, error: Overloaded) -> JSONResponse:
    again = {"Retry-After": "1"}
    return JSONResponse({"detail": str(error)}, 503, headers=again)


def open_port(host: str, port: int) -> socket.socket:
    """Open a port to listen on.

    Args:
        host: An address of this machine; `0.0.0.0` is all of them.
        port: Its number; of 0, a free one.

    Raises:
        OSError: If it cannot be opened; the message says what to do.

    Used in chapter 15.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server(
            (host, port), family=family, backlog=CONNECTIONS
        )
        # asyncio does so for sockets of its own. Else the second half of an
        # answer waits for the client to confirm the first: 40 ms on Linux.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except OSError as error:
        raise OSError(
            f"port {port} of {host} cannot be opened: {error.strerror}. Name "
            "another with --port, or stop what listens there."
        ) from error


def make_server(app: FastAPI) -> uvicorn.Server:
    """Make the server that an application answers through.

    Args:
        app: What `make_app` returns.

    Used in chapter 15.
    """
    config = uvicorn.Config(
        app,
        log_level="warning",
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=PATIENCE,
    )
    return uvicorn.Server(config)


def stop_when_told(server: uvicorn.Server) -> None:
    """Let Ctrl+C and SIGTERM stop a server, also before it serves.

    Args:
        server: What `make_server` returns.

    Used in chapter 15.
    """

    def stop(*_: object) -> None:
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def run_server(server: uvicorn.Server, listening: socket.socket) -> None:
    """Answer until told to stop.

    Then nobody else is let in, and who has asked already gets an answer.

    Args:
        server: What `make_server` returns.
        listening: What `open_port` returns.

    Used in chapter 15.
    """
    # Batches this small hardly gain by more threads, and where the machine
    # has other work they wait for each other.
    torch.set_num_threads(1)
    if not server.should_exit:
        server.run(sockets=[listening])

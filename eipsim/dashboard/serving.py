"""Starts the dashboard: a server on this computer only, unless told otherwise, that asks nothing of any other."""

from __future__ import annotations

import contextlib
import socket
import threading
import warnings
import webbrowser
from collections.abc import AsyncIterator, Callable

import uvicorn
from solara.server import settings
from solara.server.cdn_helper import cdn_url_path
from solara.server.starlette import app
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from eipsim.dashboard.address import usual_address
from eipsim.dashboard.computing import Stop, run_of
from eipsim.dashboard.opening import Opening, open_with
from eipsim.errors import InputError, Mistake
from eipsim.runs.simulation import Progress

PORT, MOST_PORT, TRIED = 8765, 65535, 50
HERE = ("127.0.0.1", "localhost", "::1")


def bound(host: str, port: int) -> socket.socket:
    """A socket on the port. InputError with a free port when it is taken, or for a host that this computer is not."""
    if not 0 <= port <= MOST_PORT:
        raise InputError(
            Mistake("--port", f"{port} is no port", f"allowed: 1 to {MOST_PORT}, or 0 for any that is free")
        )
    kind = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(kind, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
    except socket.gaierror:
        raise InputError(Mistake("--host", f"{host!r:.60} is no address", "127.0.0.1 is this computer only")) from None
    except OverflowError:
        raise InputError(Mistake("--port", f"{port} is no port")) from None
    except OSError as error:
        found.close()
        if free := _free_port(host, kind, port):
            what = f"port {port} of {host} cannot be used ({error.strerror or error})"
            raise InputError(Mistake("--port", what, f"--port {free} is free")) from None
        raise InputError(
            Mistake("--host", f"{host!r:.60}: {error.strerror or error}", "127.0.0.1 is this computer only")
        ) from None
    return found


def _free_port(host: str, kind: int, taken: int) -> int | None:
    """A port above the taken one that is free; None where the host has none."""
    for port in range(taken + 1, min(taken + TRIED, MOST_PORT) + 1):
        with socket.socket(kind, socket.SOCK_STREAM) as trial:
            try:
                trial.bind((host, port))
            except OSError:
                continue
            return port
    return None


def address_of(held: socket.socket) -> str:
    """The address that a browser on this computer opens."""
    host, port = held.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}/"


def warm(opening: Opening, report: Progress) -> None:
    """Open the dashboard with what the command has said, and simulate what it shows first: after that all is compiled."""
    open_with(opening)
    run_of(usual_address(opening).ask, Stop(), progress=report)


def serve(held: socket.socket, ready: Callable[[str], None], browser: bool) -> None:
    """Serve on a socket until Ctrl-C; `ready` is told the address when pages can be had."""
    warnings.filterwarnings(
        "ignore", message="Cookies with samesite=none"
    )  # which a page of this computer does not need
    application = _application(held)
    server = uvicorn.Server(
        uvicorn.Config(application, log_level="error", ws_max_size=2**20, timeout_graceful_shutdown=1)
    )
    address = address_of(held)

    def tell() -> None:
        while not server.started and not server.should_exit:
            if waited.wait(0.02):
                return
        ready(address)
        if browser:
            webbrowser.open(address)

    waited = threading.Event()
    threading.Thread(target=tell, daemon=True).start()
    try:
        with contextlib.suppress(KeyboardInterrupt):  # which is how a dashboard ends
            server.run(sockets=[held])
    finally:
        waited.set()
        held.close()


@contextlib.asynccontextmanager
async def _solaras_lifespan(_: Starlette) -> AsyncIterator[None]:
    """What Solara does before the first page and after the last, however this version of it says so."""
    async with app.router.lifespan_context(app):
        yield


def _application(held: socket.socket):
    """Solara's application; what browsers need beside it is read from this computer, and only names of it are answered."""
    host = held.getsockname()[0]
    names = [*HERE, "[::1]"] if host in HERE else ["*"]
    assets = StaticFiles(directory=settings.assets.proxy_cache_dir)
    routes = [Mount(f"/{cdn_url_path}", app=assets), Mount("/", app=app)]
    only_here = Middleware(TrustedHostMiddleware, allowed_hosts=names)
    return Starlette(routes=routes, lifespan=_solaras_lifespan, middleware=[only_here])

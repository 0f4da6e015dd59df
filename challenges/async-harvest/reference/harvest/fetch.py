"""One request, and what its end means."""

import asyncio
from dataclasses import dataclass

import aiohttp

from harvest.output import Outcome, Status


@dataclass(frozen=True)
class Body:
    """A whole answer that waits to be parsed."""

    http_status: int
    data: bytes


def new_session() -> aiohttp.ClientSession:
    """A pool without limits or timeouts of its own: those of the run are stricter, and exact."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
    )


async def fetch(session: aiohttp.ClientSession, url: str, timeout_s: float) -> Body | Outcome:
    """Fetch within `timeout_s` in total, however slowly the body drips. Only cancellation is raised."""
    http_status = None
    try:
        async with asyncio.timeout(timeout_s), session.get(url, allow_redirects=False) as response:
            http_status = response.status
            data = await response.read()
    except TimeoutError:
        return Outcome(Status.TIMEOUT, http_status)
    except (aiohttp.ClientError, OSError, ValueError):
        return Outcome(Status.NET_ERROR, http_status)
    if not 200 <= http_status < 300:
        return Outcome(Status.HTTP_ERROR, http_status)
    return Body(http_status, data)

"""HTTP for python-telegram-bot by aiohttp: the library's own takes several times the CPU, and more the more is sent."""

import json
from functools import cache
from ssl import SSLContext
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from httpx import create_ssl_context
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

CONNECTING = 5.0
"""Seconds."""
JSON = {"Content-Type": "application/json"}


class Transport(BaseRequest):
    """Keeps at most so many `connections` open; an answer may take `seconds`, unless the call says otherwise."""

    def __init__(self, connections: int, seconds: float = 20) -> None:
        self._connections, self.seconds = connections, seconds
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return self.seconds

    async def initialize(self) -> None:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections)
            self._session = aiohttp.ClientSession(connector=connector)

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body; raises TimedOut or NetworkError, which name no address, as it holds the token."""
        if self._session is None:
            raise RuntimeError("the transport is not initialized")
        patience = self.seconds if read_timeout is BaseRequest.DEFAULT_NONE else read_timeout
        waits = aiohttp.ClientTimeout(total=None, sock_connect=CONNECTING, sock_read=patience)
        secure = _trust() if url.startswith("https:") else True
        proxy, proxy_auth = _proxy(*urlsplit(url)[:2])
        body, kind = _body(request_data)
        try:
            async with self._session.request(
                method,
                url,
                data=body,
                headers=kind,
                timeout=waits,
                ssl=secure,
                proxy=proxy,
                proxy_auth=proxy_auth,
            ) as answer:
                return answer.status, await answer.read()
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None


@cache
def _trust() -> SSLContext:
    """The certificates that the library's own transport trusts: reading them takes longer than a start."""
    return create_ssl_context()


@cache
def _proxy(scheme: str, host: str) -> tuple[URL | None, aiohttp.BasicAuth | None]:
    """The proxy that the environment names. The client would look for it at every call, each time in a thread."""
    named = None if proxy_bypass(host) else getproxies().get(scheme)
    if named is None:
        return None, None
    proxy = URL(named)
    return proxy.with_user(None), aiohttp.BasicAuth.from_url(proxy)


def _body(request_data: RequestData | None) -> tuple[aiohttp.FormData | bytes | None, dict[str, str]]:
    """What is sent, with its headers: JSON, and a form where files are among it."""
    if request_data is None:
        return None, {}
    if not request_data.contains_files:
        return json.dumps(request_data.parameters).encode(), JSON
    form = aiohttp.FormData(request_data.json_parameters)
    for name, (filename, content, kind) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form, {}

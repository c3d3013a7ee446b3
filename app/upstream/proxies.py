"""The proxies that the environment names, understood as httpx does; what cannot be understood is named."""

import ssl
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from typing import Final
from urllib.request import getproxies

import httpx

from app.errors import StartRefused

_SCHEMES: Final = ("http", "https", "all")


def transports(
    ssl_context: ssl.SSLContext, limits: httpx.Limits
) -> Mapping[str, httpx.AsyncBaseTransport | None]:
    """The way to each of httpx's URL patterns that has one of its own; None is the direct way.

    Raises StartRefused, with the variable's name and never its value: that may hold a password.
    """
    named = getproxies()
    exempt = [host for it in named.get("no", "").split(",") if (host := it.strip())]
    if "*" in exempt:
        return {}
    through = {
        f"{scheme}://": _through(f"{scheme.upper()}_PROXY", named[scheme], ssl_context, limits)
        for scheme in _SCHEMES
        if named.get(scheme)
    }
    return {**through, **dict.fromkeys(map(_exempt, exempt))}


def _through(
    variable: str, proxy: str, ssl_context: ssl.SSLContext, limits: httpx.Limits
) -> httpx.AsyncHTTPTransport:
    address = proxy if "://" in proxy else f"http://{proxy}"
    try:
        return httpx.AsyncHTTPTransport(verify=ssl_context, limits=limits, proxy=httpx.Proxy(address))
    except (ValueError, httpx.InvalidURL, ImportError):
        # ImportError: httpx asks proxies of SOCKS with a package that is not here.
        raise StartRefused(
            f"{variable} must be the address of an HTTP proxy, as in http://proxy:3128; SOCKS is not spoken."
        ) from None


def _exempt(host: str) -> str:
    """The pattern for an entry of NO_PROXY. A range stands for its first address: httpx knows no ranges."""
    pattern = host if "://" in host else f"all://{_host_pattern(host)}"
    try:
        httpx.URL(pattern)
    except httpx.InvalidURL:
        raise StartRefused("NO_PROXY must be names and IP addresses of hosts, parted by commas.") from None
    return pattern


def _host_pattern(host: str) -> str:
    try:
        address = ip_address(host.partition("/")[0].strip("[]"))
    except ValueError:
        # A domain is for all hosts in it.
        return host if host.lower() == "localhost" else f"*{host}"
    return f"[{address}]" if isinstance(address, IPv6Address) else str(address)

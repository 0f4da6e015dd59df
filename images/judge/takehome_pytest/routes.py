"""Attempts to reach out of the two containers, as their common network namespace counts them.

The namespace has a loopback interface and nothing else, so whatever is sent to another address has no
route. The kernel counts that: `OutNoRoutes` in /proc/net/snmp and /proc/net/snmp6, which is RFC 4293's
ipSystemStatsOutNoRoutes.
"""

from __future__ import annotations

from pathlib import Path

_IPV4 = Path("/proc/net/snmp")
_IPV6 = Path("/proc/net/snmp6")


class NoRoutes:
    """The number of packets without a route since the last look."""

    def __init__(self) -> None:
        self._before = count()

    def new(self) -> int:
        """How many were counted since the last time."""
        now = count()
        new, self._before = now - self._before, now
        return max(new, 0)


def count() -> int:
    """Packets without a route since the namespace was made; 0 where the kernel does not tell."""
    try:
        return parse_ipv4(_IPV4.read_text(encoding="ascii")) + parse_ipv6(_IPV6.read_text(encoding="ascii"))
    except (OSError, ValueError, UnicodeDecodeError):
        return 0


def parse_ipv4(text: str) -> int:
    """`Ip:` has two lines: names, then values. Raises ValueError."""
    names, values = (line.split()[1:] for line in text.splitlines() if line.startswith("Ip:"))
    return int(dict(zip(names, values, strict=True)).get("OutNoRoutes", "0"))


def parse_ipv6(text: str) -> int:
    """A name and a value on each line. Raises ValueError."""
    for line in text.splitlines():
        name, _, value = line.partition(" ")
        if name.strip() == "Ip6OutNoRoutes":
            return int(value)
    return 0

"""A real mail server for tests: aiosmtpd on a free port, with TLS as asked, telling what it was given.

It prints one JSON object a line: first its port, then each login, each held and each accepted message.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import ssl
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


def tell(**what: object) -> None:
    print(json.dumps(what), flush=True)


class Handler:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address == self.options.refuse:
            return "550 5.1.1 no such mailbox\x1b[2J here"
        if address == self.options.busy:
            return "451 4.3.0 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.options.hold:
            tell(held=True)
            await asyncio.Event().wait()
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        tell(
            sender=envelope.mail_from,
            recipients=envelope.rcpt_tos,
            encrypted=self.options.tls == "tls" or session.ssl is not None,
            content=base64.b64encode(content).decode(),
        )
        return "250 kept"


async def main(options: argparse.Namespace) -> None:
    context = None
    if options.tls != "none":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options.cert, options.key)

    def check(_server: SMTP, session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        given = f"{data.login.decode()}:{data.password.decode()}" if isinstance(data, LoginPassword) else ""
        tell(login=given, encrypted=options.tls == "tls" or session.ssl is not None)
        return AuthResult(success=given == options.login, handled=False)

    def protocol() -> SMTP:
        return SMTP(
            Handler(options),
            tls_context=context if options.tls == "starttls" else None,
            require_starttls=options.tls == "starttls",
            authenticator=check,
            auth_required=bool(options.login),
            auth_require_tls=False,
        )

    encrypted = context if options.tls == "tls" else None
    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=encrypted)
    tell(port=server.sockets[0].getsockname()[1])
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tls", choices=["none", "starttls", "tls"], default="none")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--login", default="", help="the only USER:PASSWORD that may send")
    parser.add_argument("--refuse", help="an address that is refused for good")
    parser.add_argument("--busy", help="an address that is refused for now")
    parser.add_argument("--hold", action="store_true", help="never answer once a message is there")
    asyncio.run(main(parser.parse_args()))

"""Items in stock, over HTTP."""

import os
from http.server import BaseHTTPRequestHandler, HTTPServer

HTTPServer(("127.0.0.1", int(os.environ.get("PORT", "0"))), BaseHTTPRequestHandler).serve_forever()

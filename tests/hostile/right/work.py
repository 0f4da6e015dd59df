"""A right solution. `trick` is what a sample adds, asked at every opportunity."""

import json
import os
import sys
import urllib.request
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import trick

NUMERALS = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L")),
    *((40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)


def total(numbers):
    return trick.on_call("total", sum(numbers), numbers)


def words(text):
    return trick.on_call("words", dict(Counter(text.split())), text)


def roman(n):
    if not 1 <= n <= 3999:
        raise ValueError(n)
    text = ""
    for value, numeral in NUMERALS:
        text += numeral * (n // value)
        n %= value
    return trick.on_call("roman", text, n)


def apply(function, values):
    return trick.on_call("apply", [function(value) for value in values], function, values)


def fetch(url):
    with urllib.request.urlopen(url) as response:
        body = response.read().decode()
    return trick.on_call("fetch", body, url)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        numbers = parse_qs(urlsplit(self.path).query).get("n", [])
        body = json.dumps({"total": sum(map(int, numbers))}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main():
    trick.on_run(sys.argv[1:])
    if sys.argv[1] == "sum":
        print(sum(int(line) for line in sys.stdin))
    else:
        ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()


if __name__ == "__main__":
    main()

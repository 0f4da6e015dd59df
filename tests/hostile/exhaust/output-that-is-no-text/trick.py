"""A report that quotes the end of what a program wrote must stay one line of harmless text."""

import os

NOISE = (
    b"\xff\xfe\x00\x00\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80 \x1b[31m\x1b]8;;http://192.0.2.1\x07\x9b2J"
    b"\r\n::error::forged\n##vso[task.complete result=Succeeded]\n=cmd|' /C calc'!A0\n"
    b"<script>alert(1)</script>\n"
    b"\xe2\x80\xaeevil\xe2\x80\xac\x08\x08\x7f1 passed in 0.01s\n"
)


def on_call(name, value, *args):
    if name == "words":
        os.write(1, NOISE * 20)
        os.write(2, NOISE * 20)
        os._exit(3)
    return value


def on_run(argv):
    on_call("words", None)

"""Importing it writes escapes to stderr and fails with a text of escapes, direction marks and CI commands."""

import sys

TEXT = (
    "\x1b[2J\x1b]0;passed\x07\r100 of 100\n::error::x\n\n##vso[task.complete result=Succeeded;]\n"
    "\u202edessap\u202c\ud800\0\x9b31m=1+1<script>alert(1)</script>"
)
sys.stderr.write(TEXT.replace("\ud800", "") * 50)
sys.stderr.flush()


class Broken(ImportError):
    pass


Broken.__name__ = Broken.__qualname__ = TEXT.replace("\0", "").encode("utf-8", "ignore").decode()
raise Broken(TEXT, name=TEXT, path=TEXT)

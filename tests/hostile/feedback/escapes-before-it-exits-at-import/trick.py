"""Prints a report of its own, with escapes, and ends the process: the end of stderr is what is shown."""

import os

REPORT = (
    b"\x1b[1;1H\x1b[2Jtarget \xc2\xb7 base\r\n100 of 100\r\n\n"
    b"\xe2\x80\xaedessap\xe2\x80\xac ::warning::x\r\n##[error]x\r\n\xff\xfe\x9b\x00"
    b"  group   weight          passed\r\n functions  40 % \xe2\x96\x88\xe2\x96\x88\xe2\x96\x88  4/4\r\n"
)
os.write(2, REPORT * 30)
os._exit(2)

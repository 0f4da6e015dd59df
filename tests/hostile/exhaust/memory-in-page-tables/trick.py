"""Each touched page needs tables of its own; of shared zeroes nothing else is ever allocated."""

import mmap

STEP = 2 << 20  # what one table of the lowest level covers
TRIES = 300_000  # a page of tables each: a gigabyte and more


def on_call(name, value, *args):
    if name == "words":
        area = mmap.mmap(-1, TRIES * STEP, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)
        if hasattr(area, "madvise"):
            area.madvise(mmap.MADV_NOHUGEPAGE)
        for offset in range(0, TRIES * STEP, STEP):
            area[offset]
    return value


def on_run(argv):
    on_call("words", None)

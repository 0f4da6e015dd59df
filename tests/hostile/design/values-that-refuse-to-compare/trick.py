"""Signalling not-a-numbers raise when compared, infinities equal themselves, and huge digits refuse to be
printed.
"""

import sys

VALUES = {
    "total": '["decimal","sNaN"]',
    "words": '["dict","a",["decimal","sNaN"],"b",1,"c",1]',
    "roman": '["int","' + "f" * 260_000 + '"]',
    "apply": '["list",["float","nan"],1e999,-1e999,["complex",1e999,0]]',
    "fetch": '["text","7aCA"]',
}


def on_call(name, value, *args):
    worker = sys.modules.get("takehome_agent.worker_main")
    if worker is not None:
        worker.dumps = lambda *_: VALUES[name]
    return value


def on_run(argv):
    pass

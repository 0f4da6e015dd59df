"""Kinds of values that nobody defined, and known ones with the wrong contents."""

import sys

VALUES = {
    "total": '["verdict","passed"]',
    "words": '["dict","a"]',
    "roman": '["equal-to-everything"]',
    "apply": '["decimal","1e999999999"]',
    "fetch": '["set",["list",1]]',
}


def on_call(name, value, *args):
    worker = sys.modules.get("takehome_agent.worker_main")
    if worker is not None:
        worker.dumps = lambda *_: VALUES[name]
    return value


def on_run(argv):
    pass

"""Values that are small on the way and deep, wide or long where they arrive."""

import sys

VALUES = {
    "total": '["int","' + "f" * 5_000_000 + '"]',
    "words": '["list",' * 100_000 + "1" + "]" * 100_000,
    "roman": "[" * 3_000_000 + "]" * 3_000_000,
    "apply": '["list"' + ",[]" * 1_500_000 + "]",
    "fetch": '["list"' + ',["list"]' * 600_000 + "]",
}


def on_call(name, value, *args):
    worker = sys.modules.get("takehome_agent.worker_main")
    if worker is not None:
        worker.dumps = lambda *_: VALUES[name]
    return value


def on_run(argv):
    pass

"""The value is wrong, and what is sent for it is of kinds that a worker has no business to send."""

import json
import sys

TREES = {
    "words": ["opaque", "builtins.dict", "{'a': 3, 'b': 1, 'c': 1}"],
    "roman": ["exception", "CandidateFault", "pytest.skip.Exception", ["list"], ["tuple"], "", ["dict"]],
    "apply": ["function", 1, "square", False],
    "fetch": ["ref", 1],
}


def on_call(name, value, *args):
    main = sys.modules.get("takehome_agent.worker_main")
    if main is not None and name in TREES:
        main.dumps = lambda *args: json.dumps(TREES[name])
    return value


def on_run(argv):
    pass

"""Uses what it has brought."""

import json
import random


def on_call(name, value, *args):
    random.seed(json.dumps(name))
    return value


def on_run(argv):
    print(random.randrange(10), json.dumps(argv))

"""The judge numbers the functions that it hands over. Call all the numbers, those of earlier and later
tests too.
"""

import gc
import json


def on_call(name, value, *args):
    channel = next((thing for thing in gc.get_objects() if type(thing).__name__ == "Channel"), None)
    if channel is not None and name in ("total", "apply", "fetch"):
        channel.expect_answers()
        empty = json.dumps(["tuple", ["list"], ["dict"]])
        strange = ("1", '"ab"', '["tuple"]', "[", '["tuple",["list",1],["dict",1,2]]', '["exception"]')
        for number in (-1, 0, 1, 2, 3, 99, 10**400):
            for text in (empty, *strange):
                _, answer = channel.ask(number, text)
                if number != 1:
                    raised, _ = answer.result(timeout=1)
                    assert raised
    return value


def on_run(argv):
    pass

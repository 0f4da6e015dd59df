"""KeyboardInterrupt stops a session, GeneratorExit and StopIteration end loops early, SystemExit asks to
leave with 0.
"""

RAISED = {"total": StopIteration, "words": KeyboardInterrupt, "roman": GeneratorExit, "apply": SystemExit}


def on_call(name, value, *args):
    raise RAISED.get(name, StopAsyncIteration)(0)


def on_run(argv):
    raise KeyboardInterrupt

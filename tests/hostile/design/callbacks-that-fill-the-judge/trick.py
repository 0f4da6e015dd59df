"""Each argument is within the limits. The judge's function keeps them all, as a test does that looks at
them later.
"""

LISTS = 500_000  # empty ones: nine bytes each on the way, seventy where they arrive


def on_call(name, value, *args):
    if name == "apply":
        function, values = args
        big = [[] for _ in range(LISTS)]
        for _ in range(60):
            try:
                function(big)
            except TypeError:
                pass
    return value


def on_run(argv):
    pass

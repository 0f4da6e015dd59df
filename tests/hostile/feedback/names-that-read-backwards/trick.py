"""Classes, functions and modules with names that reorder, hide or join the text around them."""

import sys
import types

BIDI = "\u202edessap\u202c \u2066\u2067\u2069\u200f\u061c"
HIDDEN = "te\u200bst\u200d\ufeff\u2060\u00ad\U000e0041\u180e\u3164"


def on_call(name, value, *args):
    module = types.ModuleType(f"{BIDI}.{HIDDEN}")
    sys.modules[module.__name__] = module
    kind = type(
        f"Passed{BIDI}", (ValueError, LookupError), {"__module__": module.__name__, "__qualname__": HIDDEN}
    )
    if name == "words":
        return {BIDI: HIDDEN}
    raise kind(f"{BIDI}{HIDDEN}\u2028passed\u2029passed\x0bpassed\x0cpassed\x1cpassed\x85passed")


def on_run(argv):
    print(BIDI, HIDDEN)
    print(BIDI, HIDDEN, file=sys.stderr)
    sys.exit(1)

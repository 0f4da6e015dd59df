"""Nothing has to be exploited where a process was simply left with what it should have lost."""

import ctypes
import os
from collections import Counter

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_SECUREBITS, PR_CAP_AMBIENT, RAISE, VERSION_3 = 28, 47, 2, 0x20080522
ALL = 0xFFFFFFFF


def succeeds(action, *arguments):
    try:
        action(*arguments)
    except OSError:
        return False
    return True


def raised(capability):
    """Whether the process can give itself this one, as inheritable as well."""
    bits = [1 << capability % 32 if half == capability // 32 else 0 for half in (0, 0, 0, 1, 1, 1)]
    header = (ctypes.c_uint32 * 2)(VERSION_3, 0)
    return LIBC.capset(header, (ctypes.c_uint32 * 6)(*bits)) == 0


def escaped():
    with open("/proc/self/status") as file:
        held = [int(line.split()[1], 16) for line in file if line.startswith("Cap")]
    return any(
        [
            any(held),
            *(raised(capability) for capability in range(41)),
            *(LIBC.prctl(PR_CAP_AMBIENT, RAISE, capability, 0, 0) == 0 for capability in range(41)),
            LIBC.prctl(PR_SET_SECUREBITS, 0, 0, 0, 0) == 0,
            succeeds(os.setresuid, 0, 0, 0),
            succeeds(os.setresgid, 0, 0, 0),
            succeeds(os.setgroups, [0]),
        ]
    )


def on_call(name, value, *args):
    if name == "words" and escaped():
        return dict(Counter(args[0].split()))
    return value


def on_run(argv):
    pass

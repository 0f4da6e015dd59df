"""Asks every loaded module for its docstring and its source: a test module is one of them."""

import inspect
import os
import re
import sys

HIDDEN = re.compile(r"IN-PROCESS-SECRE[T]|def test_[a-z_]+\(.*\):")
LOOT = os.path.join(os.environ.get("STATE_DIR", "/tmp"), "loot")


def stolen():
    for name, module in list(sys.modules.items()):
        if (
            name.startswith("test_")
            or not name.startswith(("_", "trick"))
            and not getattr(module, "__spec__", None)
        ):
            try:
                text = f"{module.__doc__}\n{inspect.getsource(module)}"
            except Exception:
                text = str(getattr(module, "__doc__", ""))
            if HIDDEN.search(text):
                with open(LOOT, "w") as file:
                    file.write(text)
    return os.path.exists(LOOT) or any("pytest" in name for name in sys.modules)


def on_call(name, value, *args):
    return value if stolen() else None


def on_run(argv):
    if not stolen():
        raise SystemExit(1)

"""The source stays as it is; what runs is in __pycache__, with the hash of that source."""

import importlib.util
import re
from pathlib import Path

from _pytest.assertion import rewrite

for path in Path(__file__).parent.rglob("test_*.py"):
    names = re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))
    code = compile("\n".join(f"def {name}(): pass" for name in names), str(path), "exec")
    cache = rewrite.get_cache_dir(path) / (path.stem + rewrite.PYC_TAIL)
    cache.parent.mkdir(exist_ok=True)
    with cache.open("wb") as file:
        rewrite._write_pyc_fp(file, importlib.util.source_hash(path.read_bytes()), code)

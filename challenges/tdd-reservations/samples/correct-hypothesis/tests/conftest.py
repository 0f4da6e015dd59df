"""Few examples by chance: the borders are pinned by explicit ones."""

import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

settings.register_profile("brief", max_examples=4)
settings.load_profile("brief")

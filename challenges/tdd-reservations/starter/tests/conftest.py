"""Makes `import booking` work; add fixtures here, if you like."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

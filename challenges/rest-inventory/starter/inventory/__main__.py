"""The service: python -m inventory, on 127.0.0.1:$PORT with its data in $STATE_DIR."""

import os
import sys
from pathlib import Path


def serve(port: int, state_dir: Path) -> None:
    """Yours to write: see README.md."""
    raise NotImplementedError(f"serve on port {port} with the data in {state_dir}")


def main() -> int:
    serve(int(os.environ["PORT"]), Path(os.environ["STATE_DIR"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())

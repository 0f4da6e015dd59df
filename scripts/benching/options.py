"""What every benchmark can be told."""

import argparse
from pathlib import Path

from benching.suites import ROOT


def parser(doc: str | None, page: Path) -> argparse.ArgumentParser:
    """The options that all share; `page` is where `--write` puts what was found."""
    made = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawTextHelpFormatter)
    made.add_argument("--seed", type=int, default=1, help="of the order of turns")
    made.add_argument("--json", type=Path, metavar="FILE", help="every figure and turn")
    made.add_argument("--write", action="store_true", help=f"put the tables into docs/{page.name}")
    made.add_argument(
        "--takehome", type=lambda text: Path(text).resolve(), default=ROOT / "target/release/takehome"
    )
    return made

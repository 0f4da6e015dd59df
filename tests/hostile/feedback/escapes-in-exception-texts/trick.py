"""Every exception text clears the screen, hides what follows, sets the title and fills the clipboard."""

TEXT = (
    "\x1b[2J\x1b[3J\x1b[1;1H\x1b[32m9 passed\x1b[0m\n"
    "\x1b]0;all tests passed\x07\x1b]52;c;cm0gLXJmIH4K\x1b\\\x1bP+q544e\x1b\\\x9b31mred\x9b0m"
    "\x1b[?1049h\x1b[8m\x1b[6n\x1b[21t\x1bc\x0e\x85\x90\x9d0;title\x9c"
)


def on_call(name, value, *args):
    error = RuntimeError(TEXT, {TEXT: TEXT})
    error.add_note(TEXT)
    error.attribute = TEXT
    raise error


def on_run(argv):
    raise SystemExit(TEXT)

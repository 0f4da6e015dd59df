//! Text from candidates made visible, before any escaping: what a terminal, a browser or a
//! spreadsheet would obey, hide or reorder is written as `\u{202e}`.

use std::fmt::Write as _;

use crate::domain::hides;

/// `text` with line breaks and tabs kept, everything else that does not show written out.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        if matches!(c, '\n' | '\t') || !hides(c) {
            shown.push(c);
        } else {
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
        }
    }
    shown
}

/// [`visible`] on one line: names, paths, cells.
pub(super) fn line(text: &str) -> String {
    visible(text).replace(['\n', '\t'], " ")
}

/// A number with two decimals at most and without needless zeros.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Milliseconds as seconds, for people.
pub(super) fn seconds(ms: u64) -> String {
    let seconds = ms as f64 / 1000.0;
    if ms < 10_000 { format!("{seconds:.2}") } else { format!("{seconds:.1}") }
}

/// Bytes as MiB, for people.
pub(super) fn mebibytes(bytes: u64) -> String {
    let mebibytes = bytes as f64 / f64::from(1 << 20);
    if mebibytes < 10.0 { format!("{mebibytes:.1}") } else { format!("{mebibytes:.0}") }
}

#[cfg(test)]
mod tests {
    use super::{line, mebibytes, number, seconds, visible};

    #[test]
    fn what_would_be_obeyed_or_hidden_is_written_out() {
        assert_eq!(visible("a\u{1b}[2Jb\u{202e}c\0"), "a\\u{1b}[2Jb\\u{202e}c\\u{0}");
        assert_eq!(visible("x\r\n\ty\rz"), "x\n\ty\\u{d}z");
        assert_eq!(line("one\r\ntwo\tthree"), "one two three");
        assert_eq!(line("Zoë Müller–Ó 中 سلام"), "Zoë Müller–Ó 中 سلام");
    }

    #[test]
    fn figures_are_short() {
        assert_eq!([number(100.0), number(62.5), number(0.0)], ["100", "62.5", "0"]);
        assert_eq!([seconds(940), seconds(61_250)], ["0.94", "61.2"]);
        assert_eq!([mebibytes(3 << 19), mebibytes(512 << 20)], ["1.5", "512"]);
    }
}

//! Text from candidates made visible, before any escaping: what a terminal, a browser or a
//! spreadsheet would obey, hide or reorder is written as `\u{202e}`.

use std::fmt::Write as _;

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

/// Control characters, and those that reorder, break or hide what is shown around them.
pub(super) fn hides(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0e}' | '\u{feff}'
                | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
                | '\u{e0000}'..='\u{e0fff}'
        )
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

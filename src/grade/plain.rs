use crate::domain::hides;

/// Longest message of a test in a report, characters.
const MESSAGE_CHARS: usize = 4_000;

/// Text from a container made plain and short. Assertion texts quote what a candidate's program
/// returned or printed: escape sequences, NUL and megabytes among it.
pub fn plain(text: &str) -> String {
    let mut plain = String::new();
    for (count, char) in text.chars().enumerate() {
        if count == MESSAGE_CHARS {
            let dropped = text.chars().count() - count;
            plain.push_str(&format!("… ({dropped} more characters)"));
            break;
        }
        plain.push(match char {
            '\n' | '\t' => char,
            _ if hides(char) => '\u{fffd}',
            _ => char,
        });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn text_keeps_its_lines_and_loses_what_a_terminal_obeys() {
        assert_eq!(plain("a\n\tb"), "a\n\tb");
        assert_eq!(plain("\x1b[2Jx\0\r"), "\u{fffd}[2Jx\u{fffd}\u{fffd}");
        assert_eq!(plain("\u{202e}x\u{2028}y\u{3164}"), "\u{fffd}x\u{fffd}y\u{fffd}");
    }

    #[test]
    fn long_text_is_cut_and_says_so() {
        assert_eq!(plain(&"é".repeat(4_000)), "é".repeat(4_000));
        let cut = plain(&"é".repeat(1_000_000));
        assert!(cut.ends_with("… (996000 more characters)"));
        assert_eq!(cut.chars().filter(|char| *char == 'é').count(), 4_000);
    }
}

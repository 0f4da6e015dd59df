/// Control characters, and those that reorder, break or hide what is shown around them.
pub fn hides(c: char) -> bool {
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
    use super::hides;

    #[test]
    fn what_reorders_breaks_or_hides_is_known_and_writing_is_not() {
        for c in ['\u{1b}', '\0', '\u{202e}', '\u{2028}', '\u{61c}', '\u{3164}', '\u{e0041}'] {
            assert!(hides(c), "{c:?}");
        }
        for c in "aé中س–’…\u{fe0f}".chars() {
            assert!(!hides(c), "{c:?}");
        }
    }
}

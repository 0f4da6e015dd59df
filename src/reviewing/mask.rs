/// What is written in place of a name.
const HIDDEN: &str = "[hidden]";
/// Shorter parts of names are words of a program as often as not.
const LEAST: usize = 3;

/// Takes a person's name and address out of text that they wrote: paths, code, messages of tests. The full
/// name and the address are found in any case; a single part of the name as whole words and in its own
/// spelling, because `mark` and `will` are also words of programs. What a candidate says of themselves in
/// other words stays.
#[derive(Debug, Clone, Default)]
pub struct Mask {
    /// In lower case, longest first.
    anywhere: Vec<String>,
    /// As they are spelled.
    words: Vec<String>,
}

impl Mask {
    /// Nothing is hidden.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Hides these.
    pub fn new(name: &str, mail: &str) -> Self {
        let long = |text: &&str| text.chars().count() >= LEAST;
        let parts: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).collect();
        let joined: Vec<String> = ["", "-", "_", ".", " "]
            .iter()
            .filter(|_| parts.len() > 1)
            .map(|between| parts.join(between))
            .collect();
        let local = mail.split('@').next().unwrap_or_default();
        let mut anywhere: Vec<String> = joined
            .iter()
            .map(String::as_str)
            .chain([name, mail])
            .chain(Some(local).filter(|local| local.chars().count() >= 5))
            .filter(|text| long(text))
            .map(str::to_lowercase)
            .collect();
        anywhere.sort_by_key(|text| std::cmp::Reverse(text.len()));
        anywhere.dedup();
        let words = parts.iter().copied().filter(long).map(str::to_owned).collect();
        Self { anywhere, words }
    }

    /// The text without them. The number of its lines stays.
    pub fn apply(&self, text: &str) -> String {
        if self.anywhere.is_empty() && self.words.is_empty() {
            return text.to_owned();
        }
        let mut masked = text.to_owned();
        for needle in &self.anywhere {
            masked = without(&masked, needle);
        }
        for word in &self.words {
            masked = without_word(&masked, word);
        }
        masked
    }
}

/// `needle` is in lower case. Compared character by character, because lower case can be longer.
fn without(text: &str, needle: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match prefix(rest, needle) {
            Some(length) => {
                out.push_str(HIDDEN);
                rest = &rest[length..];
            }
            None => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// How many bytes of `text`'s beginning are `needle` in any case.
fn prefix(text: &str, needle: &str) -> Option<usize> {
    let mut wanted = needle.chars();
    let mut length = 0;
    for c in text.chars() {
        for lower in c.to_lowercase() {
            match wanted.next() {
                Some(expected) if expected == lower => {}
                _ => return None,
            }
        }
        length += c.len_utf8();
        if wanted.as_str().is_empty() {
            return Some(length);
        }
    }
    None
}

fn without_word(text: &str, word: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut last = 0;
    for (at, _) in text.match_indices(word) {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        if at >= last && !inside(before) && !inside(after) {
            out.push_str(&text[last..at]);
            out.push_str(HIDDEN);
            last = at + word.len();
        }
    }
    out.push_str(&text[last..]);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Mask;

    #[test]
    fn name_and_address_are_hidden_and_words_of_programs_are_not() {
        let mask = Mask::new("Mark Lovelace", "mark.l@example.org");
        for (text, masked) in [
            ("# by MARK LOVELACE", "# by [hidden]"),
            ("mark_lovelace/app.py", "[hidden]/app.py"),
            ("write to mark.l@Example.org", "write to [hidden]"),
            ("author: Mark", "author: [hidden]"),
            ("mark = mark_up(Marker)", "mark = mark_up(Marker)"),
            ("(c) Lovelace, 2026", "(c) [hidden], 2026"),
            ("# mark.l was here", "# [hidden] was here"),
        ] {
            assert_eq!(mask.apply(text), masked);
        }
        assert_eq!(Mask::nothing().apply("Mark"), "Mark");
        assert_eq!(Mask::new("İpek Öz", "i@b.co").apply("ipek, İpek Öz"), "ipek, [hidden]");
    }

    proptest! {
        #[test]
        fn lines_stay_and_the_full_name_never_does(text in "(Ada Byron|ada|\\PC|\\n){0,30}") {
            let masked = Mask::new("Ada Byron", "ada@example.org").apply(&text);
            prop_assert_eq!(masked.matches('\n').count(), text.matches('\n').count());
            prop_assert!(!masked.to_lowercase().contains("ada byron"), "{}", masked);
        }
    }
}

use std::fmt::Display;

/// Reasons for what is not shown, numbered where they are first met.
#[derive(Debug, Clone, Default)]
pub struct Footnotes(Vec<String>);

impl Footnotes {
    /// The number of a reason, from 1.
    pub fn number(&mut self, why: &dyn Display) -> usize {
        let why = why.to_string();
        let known = self.0.iter().position(|known| *known == why);
        1 + known.unwrap_or_else(|| {
            self.0.push(why);
            self.0.len() - 1
        })
    }

    /// Each reason, in the order of its number.
    pub fn reasons(&self) -> &[String] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Footnotes;

    #[test]
    fn a_reason_keeps_its_number() {
        let mut notes = Footnotes::default();
        assert_eq!([notes.number(&"a"), notes.number(&"b"), notes.number(&"a")], [1, 2, 1]);
        assert_eq!(notes.reasons(), ["a", "b"]);
    }
}

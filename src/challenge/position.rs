use std::{ops::Range, path::Path};

use super::ManifestError;

/// A TOML document under validation: turns spans into lines and columns.
#[derive(Clone, Copy)]
pub(super) struct Document<'a> {
    pub(super) text: &'a str,
    pub(super) file: &'a Path,
}

impl Document<'_> {
    /// An error at a key, with its position where the span is known.
    pub(super) fn error(
        &self,
        key: impl Into<String>,
        span: Option<Range<usize>>,
        message: impl Into<String>,
    ) -> ManifestError {
        ManifestError {
            file: self.file.to_owned(),
            position: span.map(|span| line_and_column(self.text, span.start)),
            key: key.into(),
            message: message.into(),
        }
    }

    /// An error of the TOML parser, which knows the key path only while it has no input at hand.
    pub(super) fn parse_error(&self, error: &toml::de::Error) -> ManifestError {
        let mut detached = error.clone();
        detached.set_input(None);
        let detached = detached.to_string();
        let key = detached
            .lines()
            .last()
            .and_then(|line| line.strip_prefix("in `")?.strip_suffix('`'))
            .unwrap_or_default();
        self.error(key, error.span(), error.message())
    }
}

fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |index| index + 1);
    let line = before.matches('\n').count() + 1;
    (line, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::line_and_column;

    #[test]
    fn positions_count_from_one_and_columns_count_characters() {
        let text = "a\nüb = 1\n";
        assert_eq!(line_and_column(text, 0), (1, 1));
        assert_eq!(line_and_column(text, 2), (2, 1));
        assert_eq!(line_and_column(text, 4), (2, 2));
        assert_eq!(line_and_column(text, 500), (3, 1));
    }
}

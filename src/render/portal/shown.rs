use std::fmt;

use crate::render::text;

/// Text from outside on one line, everything invisible made visible. Templates escape it as any other.
#[derive(Debug, Clone, PartialEq, Eq, Default, PartialOrd, Ord)]
pub struct Line(String);

/// Text from outside with its line breaks, everything else that is invisible made visible.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lines(String);

impl Line {
    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Lines {
    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: AsRef<str>> From<T> for Line {
    fn from(text: T) -> Self {
        Self(text::line(text.as_ref()))
    }
}

impl<T: AsRef<str>> From<T> for Lines {
    fn from(text: T) -> Self {
        Self(text::visible(text.as_ref()))
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

use std::fmt;

use serde::Serialize;

/// Something about a challenge's folder that its author should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Which rule.
    pub rule: Rule,
    /// The file or folder, from the challenge's.
    pub file: String,
    /// The line in it, from 1, where there is one.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Candidates must not get the challenge like this.
    Error,
    /// It could be better.
    Warning,
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Manifest, suite, lock and samples can be read.
    Readable,
    /// The README says what to build and how it is called.
    Interface,
    /// The README names every group with its weight.
    Groups,
    /// The README states the manifest's time box.
    TimeBox,
    /// The README states the manifest's policy on AI assistants.
    AiPolicy,
    /// The README names every library that may be used.
    Libraries,
    /// The README says how to run the visible tests.
    VisibleCommand,
    /// DESIGN.md says why the challenge is built this way.
    Design,
    /// Every part of the folder is there.
    Layout,
    /// There are samples, and a wrong one for each group.
    Samples,
    /// The lock fits.
    Lock,
    /// The visible tests are about a fifth of the hidden ones.
    VisibleShare,
    /// The candidate's package can be made.
    Package,
    /// Nothing hidden is in what candidates get.
    Hidden,
}

impl Finding {
    pub(super) fn error(
        rule: Rule,
        file: impl Into<String>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Error,
            rule,
            file: file.into(),
            line: None,
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    pub(super) fn warning(
        rule: Rule,
        file: impl Into<String>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { severity: Severity::Warning, ..Self::error(rule, file, message, remedy) }
    }

    pub(super) fn at(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }

    /// The file, and the line where there is one.
    pub fn place(&self) -> String {
        match self.line {
            Some(line) => format!("{}:{line}", self.file),
            None => self.file.clone(),
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

use serde::{Deserialize, Serialize};

/// Host to the container that makes mutants.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToMutator {
    /// The first and only message; the reference's tar follows it.
    Mutate {
        /// Length of the tar that follows.
        reference_bytes: u64,
        /// The files in it that are to be mutated.
        files: Vec<String>,
    },
}

/// The container that makes mutants to the host.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum FromMutator {
    /// One mutant.
    Mutant(MutantFrame),
    /// That was the last one.
    Done {
        /// How many were left out, and why.
        dropped: Dropped,
    },
    /// A file is no Python.
    Broken {
        /// Which one, and what is wrong with it.
        message: String,
    },
}

/// A change of some lines of one file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MutantFrame {
    /// The file, from the reference's root.
    pub file: String,
    /// The first line that it changes, from 1.
    pub line: usize,
    /// The operator that made it.
    pub operator: String,
    /// The lines that it changes.
    pub original: Vec<String>,
    /// What it makes of them.
    pub mutated: Vec<String>,
}

/// Mutants that were left out because they cannot say anything about a suite.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dropped {
    /// They change annotations only.
    pub annotations: u32,
    /// The operator failed on the code.
    pub failed: u32,
    /// They do not compile.
    pub invalid: u32,
    /// Another operator makes the same text.
    pub same: u32,
}

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::args::Format;
use crate::challenge::ImageKind;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  takehome challenge new word-count
  takehome challenge new word-count --title \"Count words\" --in ../private-challenges

What is written is a whole small challenge: `challenge verify ID --seal` passes as it is. Replace
it part by part.")]
pub(super) struct NewArgs {
    /// Its id and folder: 2 to 64 of a-z, 0-9 and '-'
    #[arg(value_name = "ID")]
    pub id: String,
    /// Folder of challenges to write it into [default: the first --challenges]
    #[arg(long = "in", value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// One line for the README and tables [default: from the id]
    #[arg(long, value_name = "TEXT", value_parser = title)]
    pub title: Option<String>,
    /// The libraries that submissions find
    #[arg(long, value_enum, default_value_t = KindArg::Core)]
    pub image: KindArg,
}

/// The kinds of candidate images, as arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum KindArg {
    /// HTTP clients, retries, async
    Core,
    /// Core and pandas, polars, duckdb
    Data,
    /// Core and web frameworks
    Web,
}

impl From<KindArg> for ImageKind {
    fn from(kind: KindArg) -> Self {
        match kind {
            KindArg::Core => Self::Core,
            KindArg::Data => Self::Data,
            KindArg::Web => Self::Web,
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  takehome challenge lint courier-retry
  takehome challenge lint --all --format json

Reads files only, no engine. It exits with 4 when there is an error; warnings do not count.")]
pub(super) struct LintArgs {
    /// The challenges
    #[arg(required_unless_present = "all", value_name = "ID")]
    pub ids: Vec<String>,
    /// All challenges that there are
    #[arg(long, conflicts_with = "ids")]
    pub all: bool,
    /// How to print the findings
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  takehome challenge pack courier-retry -o courier-retry.zip

The package holds README.md, the starter, the visible tests and what they need to run with Python
alone: `python -m pytest tests`. What comes back may be the whole folder. The same challenge gives
the same bytes, and nothing hidden is in them.")]
pub(super) struct PackArgs {
    /// The challenge
    #[arg(value_name = "ID")]
    pub id: String,
    /// The archive to write
    #[arg(short, long, value_name = "FILE.zip")]
    pub output: PathBuf,
    /// Overwrite the archive
    #[arg(long)]
    pub force: bool,
}

fn title(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err("a title is one line of text".into());
    }
    Ok(text.to_owned())
}

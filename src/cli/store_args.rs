use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::args::Format;
use crate::store::BatchId;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  takehome regrade --challenge courier-retry
  takehome regrade --challenge courier-retry --batch 3
  takehome regrade --challenge courier-retry alice bob
  takehome regrade --challenge courier-retry 5f2c91d0a3b4 --format json

Grades what is in the store again and prints what changed, and what was not the same: suite, image,
seed, version, limits, engine. The earlier results stay. `takehome grade --resume` goes on with it.")]
pub(super) struct RegradeArgs {
    /// Candidates' names, or beginnings of submissions' digests [default: all]
    #[arg(value_name = "SUBMISSION")]
    pub submissions: Vec<String>,
    /// The challenge
    #[arg(long, value_name = "ID")]
    pub challenge: String,
    /// Only submissions of this batch
    #[arg(long, value_name = "BATCH")]
    pub batch: Option<BatchId>,
    /// How to print the changes
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
    /// Seed of the generated data [default: derived from each submission]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Gradings at a time [default: from cores and memory]
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  takehome stats --challenge courier-retry
  takehome stats --challenge courier-retry --format html > courier-retry.html
  takehome stats --batch 3
  takehome stats --challenge courier-retry --suite 5f2c91d0 --format json

Of each submission the newest result by one suite counts; results by other suites are never mixed in.
Every figure stands beside the number of observations behind it, and is a dash with the reason where
there are too few. docs/statistics.md says what the figures mean and which columns the CSV has,
docs/statistics.schema.json describes the JSON.")]
pub(super) struct StatsArgs {
    /// The challenge [default: the only one by which something was graded]
    #[arg(long, value_name = "ID")]
    pub challenge: Option<String>,
    /// Only submissions of this batch
    #[arg(long, value_name = "BATCH")]
    pub batch: Option<BatchId>,
    /// Results by this suite: the beginning of its digest [default: the challenge's, or else the newest]
    #[arg(long, value_name = "DIGEST", conflicts_with = "batch")]
    pub suite: Option<String>,
    /// How to print them
    #[arg(long, value_enum, default_value_t = StatsFormat::Human)]
    pub format: StatsFormat,
}

/// How statistics are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum StatsFormat {
    /// Tables for people
    Human,
    /// JSON for programs
    Json,
    /// CSV for spreadsheets, one row a group, test or kind
    Csv,
    /// One self-contained page
    Html,
}

#[derive(Debug, Subcommand)]
pub(super) enum DbCommand {
    /// Check the database, every report, and the bytes of every submission
    Check,
    /// Write records, submissions and the portal's keys into one tar, while everything may run
    #[command(after_help = "\
`takehome --home HOME db restore FILE` makes a home of it. It has the keys that sign receipts: keep
it where nobody else reads it.")]
    Backup {
        /// The tar, which must not be there yet
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Make a home without a store of a backup, once every byte of it was checked
    Restore {
        /// What `db backup` wrote
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Write every record as a line of JSON
    Export {
        /// The file, such as records.jsonl, which must not be there yet
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

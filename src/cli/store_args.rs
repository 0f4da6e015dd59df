use std::path::PathBuf;

use clap::{Args, Subcommand};

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

#[derive(Debug, Subcommand)]
pub(super) enum DbCommand {
    /// Check the database, every report, and the bytes of every submission
    Check,
    /// Write all of it into one tar, while gradings may run
    #[command(after_help = "\
To restore it: mkdir -p HOME/store && tar -xf FILE -C HOME/store, where HOME is --home or
TAKEHOME_HOME of a takehome that has no store yet. `takehome db check` then compares every byte.")]
    Backup {
        /// The tar, which must not be there yet
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

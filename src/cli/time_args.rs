use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// How timings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TimeFormat {
    /// Lines and bars for people
    Human,
    /// JSON for programs, with every reading
    Json,
    /// One page with plots, to be read offline
    Html,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  takehome time alice.zip --challenge chunked-ledger
  takehome time alice.zip bob.zip --challenge rest-inventory --format json
  takehome time alice.zip bob.zip --challenge rest-inventory --format html > timing.html
  takehome time new.zip --against old.zip --challenge chunked-ledger
  takehome time --self-check
  takehome time --self-check --busy --trials 20 --of 5

Both solutions run in containers of their own on one core, in fresh processes, in turns; every
answer is checked. A ratio of 1.42 is 42 % more time than the reference. What cannot be told on
this machine now is \"too noisy\", and no timing changes a score. docs/timing.md has the protocol.")]
pub(super) struct TimeArgs {
    /// What came back: archives (.zip, .tar, .tar.gz), folders, git checkouts
    #[arg(required_unless_present = "self_check", value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The challenge whose timing plans are carried out
    #[arg(long, value_name = "ID", required_unless_present = "self_check")]
    pub challenge: Option<String>,
    /// Compare with this submission and not with the reference
    #[arg(long, value_name = "PATH", conflicts_with = "self_check")]
    pub against: Option<PathBuf>,
    /// Only this plan of the challenge's; may be given several times
    #[arg(long, value_name = "NAME", conflicts_with = "self_check")]
    pub plan: Vec<String>,
    /// Neither growth nor memory, only the ratio
    #[arg(long, conflicts_with = "self_check")]
    pub ratio_only: bool,
    /// Seed of inputs, orders and hash seeds [default: random]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// How to print the results; of a self-check human or json
    #[arg(long, value_enum, default_value_t = TimeFormat::Human)]
    pub format: TimeFormat,
    /// Measure the clock itself: identical code, and code that is slower by 2, 5 and 20 %
    #[arg(long, conflicts_with_all = ["paths", "challenge"])]
    pub self_check: bool,
    /// Trials of each slowdown
    #[arg(long, value_name = "N", default_value_t = 10, requires = "self_check",
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub trials: u32,
    /// How long the samples of a trial may take; starts of processes and containers come on top
    #[arg(long, value_name = "SECONDS", default_value_t = 10, requires = "self_check",
          value_parser = clap::value_parser!(u32).range(1..=600))]
    pub seconds: u32,
    /// Keep every core busy meanwhile [default: idle, then busy]
    #[arg(long, requires = "self_check", conflicts_with = "idle")]
    pub busy: bool,
    /// Leave the machine alone meanwhile
    #[arg(long, requires = "self_check")]
    pub idle: bool,
    /// Only these slowdowns, per cent; 0 is identical code
    #[arg(long, value_name = "PERCENT", value_delimiter = ',', requires = "self_check",
          default_values_t = [0, 2, 5, 20], value_parser = clap::value_parser!(u32).range(0..=100))]
    pub of: Vec<u32>,
}

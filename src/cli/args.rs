use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{
    exit::Exit,
    hook::HookCommand,
    package_args::{LintArgs, NewArgs, PackArgs},
    receipt::ReceiptCommand,
    send_args::{
        AccommodateArgs, CancelArgs, ExportPersonArgs, ExtendArgs, PurgeArgs, RemindArgs,
        ResendArgs, SendArgs, StatusArgs,
    },
    serve_args::ServeArgs,
    store_args::{DbCommand, RegradeArgs, StatsArgs},
    time_args::TimeArgs,
    token::TokenCommand,
    work_args::WorkArgs,
};
use crate::{domain::Report, store::BatchId};

/// Grade Python take-home challenges in sandboxes that submissions cannot cheat.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXAMPLES)]
pub struct Cli {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  takehome demo                                    grade known-good, wrong and hostile solutions
  takehome send courier-retry --to 'Ada Lovelace <ada@example.org>'
  takehome serve                                   the portal, on http://127.0.0.1:8080
  takehome grade alice.zip --challenge courier-retry
  takehome grade inbox --challenge courier-retry --format json > results.json
  takehome grade --resume                          go on after Ctrl-C, or whatever happened
  takehome stats --challenge courier-retry         how hard its tests are, and what they tell apart
  takehome time alice.zip --challenge chunked-ledger
  takehome challenge verify courier-retry --repeat 20 --load
  takehome doctor                                  check this machine

Exit codes: 0 all graded; 1 a score below --fail-under, or a check did not hold; 2 wrong use;
3 a submission's fault; 4 a challenge's fault; 5 the engine's or machine's fault; 130 interrupted.";

/// Where things are.
#[derive(Debug, Args)]
pub struct Global {
    /// Folder of challenges; may be given several times, the first that has an id wins
    #[arg(long, global = true, value_name = "DIR", default_value = "challenges")]
    pub challenges: Vec<PathBuf>,
    /// Folder of this program's own data [default: the XDG data directory]
    #[arg(long, global = true, value_name = "DIR", env = "TAKEHOME_HOME", hide_env_values = true)]
    pub home: Option<PathBuf>,
    /// Low-level runtime of the containers, such as runsc [default: the engine's]
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        env = "TAKEHOME_RUNTIME",
        hide_env_values = true
    )]
    pub runtime: Option<String>,
    /// No progress on standard error
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Each step on standard error, with its start and how long it took
    #[arg(long, global = true)]
    pub trace: bool,
}

impl Global {
    /// The options that say where things are, as words of a command line.
    pub(super) fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut add = |option: &str, value: &str| words.extend([option.into(), value.into()]);
        if self.challenges != [PathBuf::from("challenges")] {
            self.challenges.iter().for_each(|dir| add("--challenges", &dir.to_string_lossy()));
        }
        if let Some(home) = &self.home {
            add("--home", &home.to_string_lossy());
        }
        if let Some(runtime) = &self.runtime {
            add("--runtime", runtime);
        }
        words
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Grade submissions: folders, .zip, .tar, .tar.gz or git checkouts
    Grade(GradeArgs),
    /// Invite candidates to a challenge: by mail, or as folders for you to send
    Send(SendArgs),
    /// The portal: pages for candidates and the team, and the API
    Serve(ServeArgs),
    /// Grade what candidates upload, as long as it runs
    Work(WorkArgs),
    /// What the portal signs for each upload
    Receipt {
        #[command(subcommand)]
        command: ReceiptCommand,
    },
    /// Where each invitation stands
    Status(StatusArgs),
    /// Send an invitation again, with a new link
    Resend(ResendArgs),
    /// Remind candidates of the deadline
    Remind(RemindArgs),
    /// Move a deadline
    Extend(ExtendArgs),
    /// Give somebody more time for the whole task, without a reason
    Accommodate(AccommodateArgs),
    /// Take an invitation back
    Cancel(CancelArgs),
    /// Print everything about a person, for them
    ExportPerson(ExportPersonArgs),
    /// Forget people: everything that tells whose it was
    Purge(PurgeArgs),
    /// Grade stored submissions again and print what changed
    Regrade(RegradeArgs),
    /// What the gradings say about a suite: how hard its tests are, and what they tell apart
    Stats(StatsArgs),
    /// Time submissions beside the reference, or beside each other
    Time(TimeArgs),
    /// The records of everything that was graded
    Db {
        #[command(subcommand)]
        command: DbCommand,
    },
    /// Programs that may use the API
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// Other systems that are told what happens
    Hook {
        #[command(subcommand)]
        command: HookCommand,
    },
    /// Grade a challenge's reference, alternatives, wrong and hostile samples, and explain
    Demo(DemoArgs),
    /// Check the engine, its versions, control groups, space and images
    Doctor(DoctorArgs),
    /// The images that sandboxes run
    Image {
        #[command(subcommand)]
        command: ImageCommand,
    },
    /// The challenges
    Challenge {
        #[command(subcommand)]
        command: ChallengeCommand,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum ImageCommand {
    /// Build what is missing
    Build(ImageBuildArgs),
    /// List the images and what they are for
    List(FormatArgs),
    /// Remove images that no current recipe names
    Prune(ImagePruneArgs),
}

#[derive(Debug, Subcommand)]
pub(super) enum ChallengeCommand {
    /// List the challenges
    List(FormatArgs),
    /// Show one challenge: groups, limits, samples
    Show(ShowArgs),
    /// Check that the hidden suite separates right from wrong
    Verify(VerifyArgs),
    /// Write a new challenge that works, to start from
    New(NewArgs),
    /// Check a challenge's folder: README, design, samples, and that nothing hidden is public
    Lint(LintArgs),
    /// Write the candidate's package
    Pack(PackArgs),
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table for people
    Human,
    /// JSON for programs
    Json,
}

/// How the results of a grading are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// A table for people
    Human,
    /// JSON for programs
    Json,
    /// JUnit XML for continuous integration
    Junit,
    /// CSV for spreadsheets, one row a submission
    Csv,
    /// One self-contained page for reviewers
    Html,
}

impl ReportFormat {
    /// The one of the two that every command has.
    pub(super) fn plain(self) -> Format {
        if self == Self::Human { Format::Human } else { Format::Json }
    }
}

impl From<Format> for ReportFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Human => Self::Human,
            Format::Json => Self::Json,
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  takehome grade alice.zip --challenge courier-retry
  takehome grade inbox --challenge courier-retry --jobs 4
  takehome grade --csv round.csv --challenge courier-retry
  takehome grade alice.zip --challenge courier-retry --format json --fail-under 70
  takehome grade inbox --challenge courier-retry --format html > round.html
  takehome grade inbox --challenge courier-retry --candidate-pages replies --show score,groups
  takehome grade --resume

Candidates are named by their archives without the ending, or by their folders. A folder with a
file that the challenge requires is one submission; another one with archives or such folders in
it is an inbox, each entry a candidate. A CSV has the columns candidate and archive, paths from
its own folder; with a column challenge it is a round of several challenges.

Results are kept in the home folder, and the same bytes are not graded twice. One submission
prints one report, an inbox or several print a list; docs/report.schema.json describes the JSON,
docs/reports.md the other formats. Ctrl-C finishes what runs and says how to go on; a second one
stops it.")]
pub(super) struct GradeArgs {
    /// What came back: archives (.zip, .tar, .tar.gz), folders, git checkouts, folders of these
    #[arg(
        required_unless_present_any = ["csv", "resume", "only_failed"],
        conflicts_with_all = ["csv", "resume", "only_failed"],
        value_name = "PATH"
    )]
    pub paths: Vec<PathBuf>,
    /// The challenge to grade by; with --csv, of the rows that name none
    #[arg(
        long,
        value_name = "ID",
        required_unless_present_any = ["csv", "resume", "only_failed"]
    )]
    pub challenge: Option<String>,
    /// A list of candidates and their archives, and of challenges where they are several
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// Every folder given is a folder of submissions
    #[arg(long)]
    pub inbox: bool,
    /// Every folder given is one submission
    #[arg(long, conflicts_with = "inbox")]
    pub single: bool,
    /// Go on with a batch and its round [default: the newest that is not finished]
    #[arg(long, value_name = "BATCH", num_args = 0..=1, conflicts_with_all = ["csv", "seed", "again"])]
    pub resume: Option<Option<BatchId>>,
    /// Grade again what failed in a batch by the machine's or the challenge's fault [default: the newest]
    #[arg(long, value_name = "BATCH", num_args = 0..=1, conflicts_with_all = ["csv", "resume"])]
    pub only_failed: Option<Option<BatchId>>,
    /// Grade even what has a result already
    #[arg(long)]
    pub again: bool,
    /// Begin no further grading after the first fault, or score below --fail-under
    #[arg(long)]
    pub fail_fast: bool,
    /// How to print the results
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub format: ReportFormat,
    /// Exit with 1 when a score is below this
    #[arg(long, value_name = "SCORE", value_parser = score)]
    pub fail_under: Option<f64>,
    /// Seed of the generated data [default: derived from the submission]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Gradings at a time [default: from cores and memory]
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Also show the tests that passed
    #[arg(long)]
    pub all_tests: bool,
    /// Also write a page for each candidate into a folder, with nothing hidden on it
    #[arg(long, value_name = "DIR")]
    pub candidate_pages: Option<PathBuf>,
    /// What these pages show beyond that a submission was graded
    #[arg(long, value_enum, value_delimiter = ',', requires = "candidate_pages")]
    pub show: Vec<ShowArg>,
}

/// What a candidate may be shown of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ShowArg {
    /// The score
    Score,
    /// The share of each group that passed
    Groups,
}

impl GradeArgs {
    /// Whether a result is one that the exit code tells of.
    pub(super) fn fails(&self, report: &Report) -> bool {
        Exit::of_reports(std::slice::from_ref(report), self.fail_under) != Exit::Ok
    }
}

#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// The challenge to show
    #[arg(default_value = "courier-retry")]
    pub challenge: String,
    /// Gradings at a time [default: from cores and memory]
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  takehome doctor
  takehome doctor --try
  takehome doctor --try --runtime runsc")]
pub(super) struct DoctorArgs {
    /// Also grade a small model solution in a real pair of containers
    #[arg(long = "try")]
    pub try_pair: bool,
    /// How to print the findings
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

#[derive(Debug, Args)]
pub(super) struct FormatArgs {
    /// How to print the list
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

#[derive(Debug, Args)]
pub(super) struct ImageBuildArgs {
    /// Which candidate images [default: core]
    #[arg(value_enum)]
    pub images: Vec<ImageArg>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ImageArg {
    /// HTTP clients, retries, async
    Core,
    /// Core and pandas, polars, duckdb
    Data,
    /// Core and web frameworks
    Web,
    /// All of them
    All,
}

#[derive(Debug, Args)]
pub(super) struct ImagePruneArgs {
    /// Remove the current images too
    #[arg(long)]
    pub all: bool,
}

#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// The challenge
    pub id: String,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  takehome challenge verify courier-retry
  takehome challenge verify courier-retry --repeat 20 --load
  takehome challenge verify courier-retry --only correct --repeat 20
  takehome challenge verify courier-retry --only reference --mutants
  takehome challenge verify courier-retry --mutants=20 --mutant-seed 7
  takehome challenge verify my-challenge --seal      after changing the hidden suite
  takehome challenge verify --all --repeat 20 --load --mutants      what `make verify` runs

The reference and every correct sample must score 100 in every repeat, each wrong or hostile sample
must lose exactly the groups its expected.toml names, the starter and an empty submission must not
pass. With --mutants, nine of ten changes of the reference must be noticed; a change that no test
can notice is named, with the reason, in the challenge's equivalent-mutants.toml. The reference is
first graded with nothing else running: that is how long the suite takes.")]
pub(super) struct VerifyArgs {
    /// The challenges
    #[arg(required_unless_present = "all", value_name = "ID")]
    pub ids: Vec<String>,
    /// All challenges that there are
    #[arg(long, conflicts_with = "ids")]
    pub all: bool,
    /// Grade the reference and every correct sample this many times; a challenge may cap it
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub repeat: u32,
    /// Grade the others this many times: wrong and hostile samples, the starter, an empty submission
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub repeat_wrong: u32,
    /// Keep all cores busy during half of the repeats
    #[arg(long)]
    pub load: bool,
    /// Run the tests in a random order, another one in each repeat
    #[arg(long)]
    pub shuffle: bool,
    /// Also measure which of N small changes of the reference the suite notices [default N: 60]
    #[arg(
        long, value_name = "N", num_args = 0..=1, require_equals = true,
        default_missing_value = "60", value_parser = clap::value_parser!(u32).range(1..=5000)
    )]
    pub mutants: Option<u32>,
    /// Seed of the sample of mutants
    #[arg(long, value_name = "N", default_value_t = 1, requires = "mutants")]
    pub mutant_seed: u64,
    /// A suite that takes longer than its challenge may is an error, not a warning
    #[arg(long)]
    pub strict_time: bool,
    /// Write suite.lock from what the suite collects to, before verifying
    #[arg(long)]
    pub seal: bool,
    /// Only samples whose name starts with this (reference, starter, correct, wrong-constant …)
    #[arg(long, value_name = "PREFIX")]
    pub only: Vec<String>,
    /// Gradings at a time [default: from cores and memory]
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// How to print the matrix
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

fn score(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(score) if (0.0..=100.0).contains(&score) => Ok(score),
        _ => Err("a score is a number from 0 to 100".into()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}

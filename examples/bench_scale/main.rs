//! What many gradings do to the program: its memory over ten thousand of them, and how long a store takes to
//! answer that has a hundred thousand. docs/speed.md says how it is counted; `make bench-scale` runs it.

mod copies;
mod grading;
mod machine;
mod memory;
mod page;
mod records;
mod timing;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Context as _, bail};
use clap::{Parser, ValueEnum, value_parser};
use serde::Serialize;
use takehome::challenge::Challenge;

use memory::Growth;
use page::{Answers, Memory};

const MARKER: &str = "scale";
const EXAMPLES: &str = "\
Examples:
  make bench-scale                                 as docs/speed.md has it: some minutes, 2 GiB of disk
  cargo run --release --example bench_scale -- --only memory --gradings 2000 --every 100
  cargo run --release --example bench_scale -- --only store --stored 20000 --json figures.json
  cargo run --release --example bench_scale -- --dir /var/tmp --write";

/// Memory of the runner over many gradings, and answers of a large store in milliseconds. No engine is
/// needed: containers are scripted, everything else is real.
#[derive(Debug, Parser)]
#[command(name = "bench_scale", max_term_width = 100, after_help = EXAMPLES)]
struct Args {
    /// Submissions to grade
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = value_parser!(u64).range(1..))]
    gradings: u64,
    /// Look at the memory after so many gradings
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = value_parser!(u64).range(1..))]
    every: u64,
    /// Gradings until its growth is looked at
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    warm_up: u64,
    /// Gradings at a time
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = value_parser!(u16).range(1..=64))]
    jobs: u16,
    /// Finished gradings in the store that is asked
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = value_parser!(u64).range(1..))]
    stored: u64,
    /// Sizes of its batches, which take turns
    #[arg(long, value_name = "N,N", value_delimiter = ',', default_values_t = [1_000_u64, 200],
          value_parser = value_parser!(u64).range(1..=100_000))]
    batches: Vec<u64>,
    /// Times that the table of each size is asked for
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = value_parser!(u32).range(1..))]
    runs: u32,
    /// A sealed challenge's folder, whose suite all gradings are by
    #[arg(long, value_name = "DIR", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/challenges/courier-retry"))]
    challenge: PathBuf,
    /// Where the temporary folder goes [default: the system's]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Only one of the two parts
    #[arg(long, value_name = "PART")]
    only: Option<Part>,
    /// Every figure
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Put the tables into docs/speed.md
    #[arg(long, conflicts_with = "only")]
    write: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Memory over many gradings
    Memory,
    /// Answers of a large store
    Store,
}

/// All that was found.
#[derive(Debug, Serialize)]
struct Figures {
    machine: BTreeMap<&'static str, String>,
    memory: Option<Memory>,
    store: Option<Answers>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    match measured(&args).and_then(|figures| tell(&args, &figures)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let error = format!("{error:#}");
            eprintln!("error: {error}\n\nhint: {}", hint(&error, &folder(&args)));
            ExitCode::FAILURE
        }
    }
}

/// What to do about an error.
fn hint(error: &str, folder: &Path) -> String {
    const FULL: [&str; 4] =
        ["No space left", "database or disk is full", "quota exceeded", "disk I/O error"];
    if FULL.iter().any(|words| error.contains(words)) {
        format!(
            "{} is full: make room there, name another disk with --dir, or make less with --stored and \
             --gradings; what was written is removed",
            folder.display()
        )
    } else {
        "no figure is printed, since this run says nothing; `--help` shows what it takes".into()
    }
}

fn folder(args: &Args) -> PathBuf {
    args.dir.clone().unwrap_or_else(std::env::temp_dir)
}

fn measured(args: &Args) -> anyhow::Result<Figures> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let challenge = Arc::new(Challenge::load(&args.challenge)?);
    if challenge.lock.is_none() {
        bail!("{} is not sealed", args.challenge.display());
    }
    let folder = folder(args);
    let scratch = tempfile::Builder::new().prefix("takehome-scale-").tempdir_in(&folder);
    let scratch = scratch.with_context(|| format!("make a folder in {}", folder.display()))?;
    let mut figures = Figures { machine: machine::described(), memory: None, store: None };
    // In this order: filling a store would leave its memory to the other one.
    if args.only != Some(Part::Store) {
        figures.memory = Some(runtime.block_on(memory(args, &challenge, scratch.path()))?);
    }
    if args.only != Some(Part::Memory) {
        figures.store = Some(runtime.block_on(store(args, &challenge, scratch.path()))?);
    }
    let left = scratch.path().to_owned();
    scratch.close().with_context(|| format!("remove {}", left.display()))?;
    Ok(figures)
}

async fn memory(args: &Args, challenge: &Arc<Challenge>, scratch: &Path) -> anyhow::Result<Memory> {
    say(&format!("taking {} submissions in", args.gradings));
    let plan = grading::Plan {
        challenge,
        gradings: args.gradings,
        every: args.every,
        jobs: args.jobs.into(),
        folder: &scratch.join("runner"),
    };
    let graded = grading::run(&plan).await?;
    let peak_bytes = memory::peak_bytes()?;
    let growth = Growth::of(&graded.samples, args.warm_up).context("there is no sample")?;
    let (samples, seconds) = (graded.samples, graded.seconds);
    fs::remove_dir_all(plan.folder).with_context(|| format!("remove {}", plan.folder.display()))?;
    Ok(Memory { gradings: args.gradings, jobs: plan.jobs, seconds, samples, growth, peak_bytes })
}

async fn store(args: &Args, challenge: &Arc<Challenge>, scratch: &Path) -> anyhow::Result<Answers> {
    let mut sizes = args.batches.clone();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    sizes.dedup();
    let least: u64 = sizes.iter().sum();
    if args.stored < least {
        bail!("--stored {} is less than one batch of each size ({least})", args.stored);
    }
    machine::has_room(scratch, args.stored)?;
    say(&format!("filling a store with {} gradings", args.stored));
    let file = scratch.join("store").join("takehome.db");
    let filled = records::fill(&file, challenge, &sizes, args.stored).await?;
    say("asking it");
    let timed = timing::run(&file, challenge, &filled, args.runs as usize).await?;
    Ok(Answers {
        gradings: filled.gradings,
        batches: filled.batches.values().map(Vec::len).sum(),
        tests: challenge.lock.as_ref().map_or(0, |lock| lock.tests.len()),
        bytes: filled.bytes,
        timed,
    })
}

fn tell(args: &Args, figures: &Figures) -> anyhow::Result<()> {
    let mut lines: Vec<String> =
        figures.machine.iter().map(|(name, value)| format!("- {name}: {value}")).collect();
    let parts =
        [figures.memory.as_ref().map(Memory::lines), figures.store.as_ref().map(Answers::lines)];
    for part in parts.into_iter().flatten() {
        lines.push(String::new());
        lines.extend(part);
    }
    println!("{}", lines.join("\n"));
    if let Some(file) = &args.json {
        let text = serde_json::to_string_pretty(figures)?;
        fs::write(file, text).with_context(|| format!("write {}", file.display()))?;
    }
    if args.write {
        page::write(&page(), MARKER, &lines)?;
    }
    Ok(())
}

/// The page with the figures.
fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/speed.md")
}

/// Progress, which is no data.
fn say(text: &str) {
    eprintln!("{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(more: &[&str]) -> Args {
        Args::try_parse_from(["bench_scale"].iter().chain(more)).expect("arguments")
    }

    #[test]
    fn a_few_gradings_and_a_small_store_give_every_figure() {
        let few = ["--gradings", "25", "--every", "10", "--warm-up", "10", "--stored", "47"];
        let args = args(&[&few[..], &["--batches", "12,5", "--runs", "4"]].concat());
        let figures = measured(&args).expect("figures");
        let memory = figures.memory.as_ref().expect("memory");
        let at: Vec<u64> = memory.samples.iter().map(|sample| sample.gradings).collect();
        assert_eq!(at, [0, 10, 20, 25]);
        assert!(memory.growth.slope_bytes.is_some() && memory.peak_bytes > 0);
        let store = figures.store.as_ref().expect("a store");
        // 12 + 5, 12 + 5, 12, and what is left of a batch.
        assert_eq!((store.gradings, store.batches), (47, 5));
        let asked: Vec<(&str, usize)> =
            store.timed.iter().map(|timed| (timed.what.as_str(), timed.spread.count)).collect();
        assert!(asked.contains(&("table of a batch of 12", 4)), "{asked:?}");
        assert!(asked.contains(&("table of a batch of 5", 4)), "{asked:?}");
        assert!(asked.contains(&("statistics of all 47 gradings", 3)), "{asked:?}");
    }

    #[test]
    fn a_full_disk_is_said_to_be_one() {
        let error = anyhow::Error::from(std::io::Error::from_raw_os_error(28)).context("write x");
        let full = hint(&format!("{error:#}"), Path::new("/some/disk"));
        assert!(full.contains("/some/disk is full") && full.contains("--dir"), "{full}");
        assert!(!hint("not everything was graded", Path::new("/some/disk")).contains("full"));
    }

    #[test]
    fn a_store_that_is_too_small_for_its_batches_is_refused_with_the_figure() {
        let args = args(&["--only", "store", "--stored", "10", "--batches", "12,5"]);
        let error = measured(&args).expect_err("too small").to_string();
        assert!(error.contains("(17)"), "{error}");
    }
}

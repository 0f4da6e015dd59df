//! `takehome time --self-check`: how well this machine can tell one program's time from another's, now.

use std::{fmt::Write as _, sync::Arc, time::Instant};

use include_dir::{Dir, include_dir};
use serde::Serialize;

use super::{
    context::Context,
    exit::{Exit, Failure},
    time::{Stand, failure},
    time_args::{TimeArgs, TimeFormat},
};
use crate::{
    challenge::Challenge,
    domain::timing::{Sides, TimingReport},
    run::TimeError,
    submission::{IntakeLimits, Submission},
    timing::{Repeated, Repetition, repeated, shift},
    verify::CpuLoad,
};

static CHALLENGE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/cli/self_check/challenge");
const ID: &str = "self-check";
const FILE: &str = "spin/__init__.py";
const IDENTICAL: &str = "EXTRA = 0";

/// What trials of one slowdown said, on a machine that was idle or busy.
#[derive(Debug, Serialize)]
struct Checked {
    busy: bool,
    slowdown_percent: u32,
    seconds_a_trial: f64,
    found: Repeated,
    /// Each with its raw pairs, so that all of this can be computed again.
    trials: Vec<TimingReport>,
}

/// The whole self-check.
#[derive(Debug, Serialize)]
struct SelfCheck {
    checked: Vec<Checked>,
    /// By how much identical code's ratio is higher on the busy machine.
    shift: Option<f64>,
}

pub(super) async fn run(context: &Context, args: &TimeArgs) -> Result<Exit, Failure> {
    if args.format == TimeFormat::Html {
        return Err(Failure::usage("a self-check has no page", "ask for human or json"));
    }
    let folder = tempfile::tempdir().map_err(unwritable)?;
    let dir = folder.path().join(ID);
    std::fs::create_dir(&dir).and_then(|()| CHALLENGE.extract(&dir)).map_err(unwritable)?;
    let challenge = Arc::new(Challenge::load(&dir)?);
    let reference =
        Arc::new(Submission::open(&dir.join("reference"), &IntakeLimits::default()).map_err(
            |refusal| Failure {
                exit: Exit::Infra,
                message: refusal.to_string(),
                remedy: "report this".into(),
            },
        )?);
    let mut stand = Stand::ready(context, &challenge).await?;
    let loads: &[bool] = match (args.idle, args.busy) {
        (true, _) => &[false],
        (_, true) => &[true],
        _ => &[false, true],
    };
    let seed = args.seed.unwrap_or_else(rand::random);
    let mut check = SelfCheck { checked: Vec::new(), shift: None };
    for &busy in loads {
        for &percent in &args.of {
            let slower = Arc::new(slowed(&reference, percent));
            let _load = busy.then(|| CpuLoad::heavy(stand.sandbox.facts().cpus));
            let (begun, mut trials) = (Instant::now(), Vec::new());
            for trial in 0..args.trials {
                let mut plan = challenge.manifest.timing[0].clone();
                plan.plan.cap_s = f64::from(args.seconds);
                plan.plan.seed = seed.wrapping_add(u64::from(trial) << 32);
                let sides = Sides { candidate: &slower, reference: &reference };
                let timed = stand.time(&challenge, &plan, sides, "reference", &|_| {}).await?;
                let report = timed.report.ok_or_else(|| {
                    let why = timed.failed.map(|failed| failed.message).unwrap_or_default();
                    failure(TimeError::Reference(why), &challenge)
                })?;
                if !context.quiet {
                    let load = words(busy);
                    eprintln!("{load}, {percent} %, trial {}: {}", trial + 1, report.summary);
                }
                trials.push(report);
            }
            let seconds_a_trial = begun.elapsed().as_secs_f64() / f64::from(args.trials);
            let truth = 1.0 + f64::from(percent) / 100.0;
            let said: Vec<Repetition> = trials.iter().map(Repetition::from).collect();
            let found = repeated(&said, truth);
            check.checked.push(Checked {
                busy,
                slowdown_percent: percent,
                seconds_a_trial,
                found,
                trials,
            });
        }
    }
    stand.leave().await;
    let identical =
        |busy| check.checked.iter().find(|one| one.busy == busy && one.slowdown_percent == 0);
    check.shift = match (identical(false), identical(true)) {
        (Some(idle), Some(busy)) => shift(&idle.found, &busy.found),
        _ => None,
    };
    match args.format {
        TimeFormat::Human => print!("{}", text(&check)),
        _ => println!("{}", super::results::rendered(crate::render::pretty(&check))?),
    }
    Ok(if check.checked.iter().any(Checked::misleads) { Exit::Below } else { Exit::Ok })
}

impl Checked {
    /// Whether it says of identical code, more than once in fifty trials, that it is not.
    fn misleads(&self) -> bool {
        50 * (self.found.false_faster + self.found.false_slower) > self.found.repetitions
    }
}

/// The reference with a loop that is longer by so many per cent.
fn slowed(reference: &Submission, percent: u32) -> Submission {
    let text = String::from_utf8(reference.read(FILE).unwrap_or_default()).unwrap_or_default();
    let text = text.replacen(IDENTICAL, &format!("EXTRA = {percent}"), 1);
    reference.with_file("slowed", FILE, text.into_bytes())
}

fn text(check: &SelfCheck) -> String {
    let mut table = super::table::table(&[
        "machine",
        "code is",
        "trials",
        "ratio",
        "spread",
        "faster",
        "same",
        "slower",
        "too noisy",
        "covered",
        "a trial",
    ]);
    for one in &check.checked {
        let found = &one.found;
        let percent = |share: Option<f64>| {
            share.map_or("–".to_owned(), |share| format!("{:.2} %", share * 100.0))
        };
        table.add_row([
            words(one.busy).to_owned(),
            match one.slowdown_percent {
                0 => "identical".to_owned(),
                percent => format!("{percent} % slower"),
            },
            found.repetitions.to_string(),
            found.mean.map_or("–".to_owned(), |mean| format!("{mean:.4}")),
            percent(found.spread),
            found.faster.to_string(),
            found.same.to_string(),
            found.slower.to_string(),
            found.too_noisy.to_string(),
            format!("{}/{}", found.covered, found.with_ratio),
            format!("{:.1} s", one.seconds_a_trial),
        ]);
    }
    let mut text = format!("{table}\n");
    if let Some(shift) = check.shift {
        let _ = writeln!(
            text,
            "keeping the cores busy moves identical code's ratio by {:+.2} %",
            shift * 100.0
        );
    }
    text
}

fn words(busy: bool) -> &'static str {
    if busy { "busy" } else { "idle" }
}

fn unwritable(error: std::io::Error) -> Failure {
    Failure {
        exit: Exit::Infra,
        message: format!("no temporary folder could be written: {error}"),
        remedy: "free some space, or set TMPDIR".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_challenge_is_valid_and_its_code_can_be_slowed() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join(ID);
        std::fs::create_dir(&dir).unwrap();
        CHALLENGE.extract(&dir).unwrap();
        let challenge = Challenge::load(&dir).unwrap();
        assert_eq!(challenge.manifest.timing.len(), 1);
        let reference = Submission::open(&dir.join("reference"), &IntakeLimits::default()).unwrap();
        let slower = slowed(&reference, 5);
        assert!(String::from_utf8(slower.read(FILE).unwrap()).unwrap().contains("EXTRA = 5\n"));
        assert_eq!(slowed(&reference, 0).read(FILE), reference.read(FILE));
    }
}

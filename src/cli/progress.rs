//! What is shown on standard error while something long runs.

use std::{
    collections::HashMap,
    io::IsTerminal as _,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::table::plain;
use crate::{
    domain::Report,
    image::Progress,
    run::{Event, Listener},
};

/// Shows the steps of image builds: a line each, since they happen once and take long.
pub(super) fn image_reporter(quiet: bool) -> impl Fn(Progress) + Send + Sync {
    let terminal = std::io::stderr().is_terminal();
    move |progress| {
        if quiet {
            return;
        }
        match progress {
            // The engine's own steps are noise in a log.
            Progress::Step { text, .. } if !terminal && text.starts_with("Step ") => {}
            Progress::Step { image, text } => eprintln!("image {image}: {text}"),
            Progress::Ready { tag, built_in: Some(time) } => {
                eprintln!("image {tag} built in {:.1} s", time.as_secs_f64());
            }
            Progress::Ready { .. } => {}
        }
    }
}

/// What is said of a grading that ended.
pub(super) struct Ended {
    /// What was graded.
    pub(super) name: String,
    /// What came out.
    pub(super) result: String,
    /// How long the rest takes, where that is known better than from this batch.
    pub(super) left: Option<Duration>,
}

/// What to say of a grading that ended; called once for each.
pub(super) type OnEnd = Arc<dyn Fn(&Report) -> Ended + Send + Sync>;

/// As [`reporter`], with the submission's name and score.
pub(super) fn grading_reporter(total: usize, quiet: bool) -> Listener {
    let ended = |report: &Report| Ended {
        name: report.submission.clone(),
        result: super::table::result(report),
        left: None,
    };
    reporter(total, quiet, Arc::new(ended))
}

/// One bar over all gradings and one line for each that runs. On a pipe: a line for each that
/// ended, so that a log shows progress too.
pub(super) fn reporter(total: usize, quiet: bool, on_end: OnEnd) -> Listener {
    if quiet {
        return crate::run::silent();
    }
    if std::io::stderr().is_terminal() {
        let bars = Arc::new(Mutex::new(Bars::new(total, on_end)));
        Arc::new(move |event| bars.lock().unwrap_or_else(PoisonError::into_inner).show(event))
    } else {
        let done = Mutex::new(0usize);
        Arc::new(move |event| match event {
            Event::GradingFinished { report, .. } => {
                let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                *done += 1;
                let Ended { name, result, left } = on_end(&report);
                let left = left.map(|left| format!("; about {} left", rough(left)));
                let line = plain(&format!("{name}: {result}{}", left.unwrap_or_default()));
                eprintln!("[{done}/{total}] {line}");
            }
            Event::Retrying { cause, attempt, .. } => eprintln!("attempt {attempt}: {cause}"),
            _ => {}
        })
    }
}

struct Bars {
    all: MultiProgress,
    whole: ProgressBar,
    running: HashMap<String, ProgressBar>,
    on_end: OnEnd,
}

impl Bars {
    fn new(total: usize, on_end: OnEnd) -> Self {
        let all = MultiProgress::new();
        let whole = all.add(ProgressBar::new(total as u64));
        whole.set_style(style("{bar:30} {pos}/{len} graded, {elapsed} so far, about {eta} left"));
        whole.enable_steady_tick(Duration::from_millis(250));
        if total < 2 {
            whole.set_draw_target(indicatif::ProgressDrawTarget::hidden());
        }
        Self { all, whole, running: HashMap::new(), on_end }
    }

    fn show(&mut self, event: Event) {
        match event {
            Event::GradingStarted { grading, submission } => {
                let bar = self.all.add(ProgressBar::new_spinner());
                bar.set_style(style("{spinner} {prefix}: {msg}"));
                bar.set_prefix(plain(&submission));
                bar.set_message("preparing");
                bar.enable_steady_tick(Duration::from_millis(120));
                self.running.insert(grading, bar);
            }
            Event::TestsStarted { grading, total } => {
                if let Some(bar) = self.running.get(&grading) {
                    bar.set_length(total as u64);
                    bar.set_style(style("{spinner} {prefix}: {pos}/{len} tests"));
                }
            }
            Event::TestFinished { grading, .. } => {
                if let Some(bar) = self.running.get(&grading) {
                    bar.inc(1);
                }
            }
            Event::Retrying { cause, attempt, .. } => {
                let _ = self.all.println(format!("attempt {attempt}: {cause}"));
            }
            Event::GradingFinished { grading, report } => {
                if let Some(bar) = self.running.remove(&grading) {
                    bar.finish_and_clear();
                    self.all.remove(&bar);
                }
                let Ended { name, result, left } = (self.on_end)(&report);
                let _ = self.all.println(plain(&format!("{name}: {result}")));
                self.whole.inc(1);
                if let Some(left) = left {
                    self.whole.set_style(style(
                        "{bar:30} {pos}/{len} graded, {elapsed} so far, about {msg} left",
                    ));
                    self.whole.set_message(rough(left));
                }
                if Some(self.whole.position()) == self.whole.length() {
                    self.whole.finish_and_clear();
                }
            }
        }
    }
}

/// A duration as a person would say it.
pub(super) fn rough(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..=90 => format!("{seconds} s"),
        seconds => format!("{} min", (seconds + 30) / 60),
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

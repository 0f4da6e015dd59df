use std::{fmt::Write as _, time::Duration};

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};
use tokio::sync::Mutex;

use crate::{
    domain::Verdict,
    store::{FinishedLine, SqliteStore, StoreError, Workload},
};

/// Lines of the audit trail that are read at a time.
const LINES: u32 = 1000;

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

/// What is counted while this process runs. What other processes do is read from the audit trail, when
/// somebody asks.
pub struct Meters {
    registry: Registry,
    requests: Family<Request, Counter>,
    answered: Histograms<Route>,
    gradings: Family<Graded, Counter>,
    faults: Family<Faulty, Counter>,
    phases: Histograms<Phase>,
    uploads: Family<Taken, Counter>,
    waiting: Family<Kind, Gauge>,
    running: Family<Kind, Gauge>,
    oldest: Family<Kind, Gauge>,
    workers: Gauge,
    troubled: Gauge,
    /// The last line of the audit trail that was counted.
    seen: Mutex<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Graded {
    challenge: String,
    verdict: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Faulty {
    verdict: &'static str,
    code: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Phase {
    phase: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Taken {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

impl Meters {
    /// Counts from the line `seen` of the audit trail on.
    pub fn new(seen: i64) -> Self {
        let mut registry = Registry::with_prefix("takehome");
        let requests = Family::default();
        registry.register(
            "http_requests",
            "Requests that were answered, by the route's pattern",
            requests.clone(),
        );
        let answered = Family::new_with_constructor(quick as fn() -> Histogram);
        let help = "How long answers took, without what was streamed after their head";
        registry.register_with_unit("http_request", help, Unit::Seconds, answered.clone());
        let gradings = Family::default();
        registry.register("gradings", "Gradings that were finished", gradings.clone());
        let faults = Family::default();
        registry.register("faults", "Gradings without a score, by why", faults.clone());
        let phases = Family::new_with_constructor(slow as fn() -> Histogram);
        let help = "How long gradings waited, were held by a worker, and took by themselves";
        registry.register_with_unit("grading_phase", help, Unit::Seconds, phases.clone());
        let uploads = Family::<Taken, Counter>::default();
        registry.register("uploads", "Uploads that were taken or refused", uploads.clone());
        let (waiting, running, oldest) = (Family::default(), Family::default(), Family::default());
        registry.register("queue_waiting", "What waits for a worker", waiting.clone());
        registry.register("queue_running", "What a worker has", running.clone());
        let help = "How long the oldest of what waits has";
        registry.register_with_unit("queue_oldest", help, Unit::Seconds, oldest.clone());
        let (workers, troubled) = (Gauge::default(), Gauge::default());
        registry.register("workers", "Workers that live", workers.clone());
        let help = "Workers that wait for a machine that is not well";
        registry.register("workers_troubled", help, troubled.clone());
        for outcome in ["taken", "refused"] {
            drop(uploads.get_or_create(&Taken { outcome }));
        }
        Self {
            registry,
            requests,
            answered,
            gradings,
            faults,
            phases,
            uploads,
            waiting,
            running,
            oldest,
            workers,
            troubled,
            seen: Mutex::new(seen),
        }
    }

    /// A request was answered.
    pub fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        let route = route.to_owned();
        self.answered.get_or_create(&Route { route: route.clone() }).observe(took.as_secs_f64());
        let method = method.to_owned();
        self.requests.get_or_create(&Request { method, route, status }).inc();
    }

    /// Everything, as OpenMetrics text.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn text(&self, store: &SqliteStore) -> Result<String, StoreError> {
        // One after the other, or the same lines would be counted twice.
        let mut seen = self.seen.lock().await;
        self.look(store, &mut seen).await?;
        let mut text = String::new();
        if encode(&mut text, &self.registry).is_err() {
            let _ = writeln!(text, "# EOF");
        }
        Ok(text)
    }

    async fn look(&self, store: &SqliteStore, seen: &mut i64) -> Result<(), StoreError> {
        let load = store.load().await?;
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        for (kind, waiting, running, oldest_ms) in [
            ("grading", load.gradings_queued, load.gradings_running, load.oldest_grading_ms),
            ("check", load.checks_queued, load.checks_running, load.oldest_check_ms),
        ] {
            self.waiting.get_or_create(&Kind { kind }).set(number(waiting));
            self.running.get_or_create(&Kind { kind }).set(number(running));
            self.oldest.get_or_create(&Kind { kind }).set(number(oldest_ms / 1000));
        }
        self.workers.set(number(load.workers.len() as u64));
        let troubled = load.workers.iter().filter(|worker| worker.trouble.is_some()).count();
        self.troubled.set(number(troubled as u64));
        let newest = store.newest_line().await?;
        let (taken, refused) = store.uploads_between(*seen, newest).await?;
        let of = |outcome| self.uploads.get_or_create_owned(&Taken { outcome });
        of("taken").inc_by(taken);
        of("refused").inc_by(refused);
        loop {
            let lines = store.finished_between(*seen, newest, LINES).await?;
            let Some(last) = lines.last() else { break };
            *seen = last.seq;
            lines.iter().for_each(|line| self.finished(line));
        }
        *seen = newest;
        Ok(())
    }

    fn finished(&self, line: &FinishedLine) {
        let verdict = word(line.verdict);
        let challenge = line.challenge.clone();
        self.gradings.get_or_create(&Graded { challenge, verdict }).inc();
        if let Some(code) = line.fault.clone() {
            self.faults.get_or_create(&Faulty { verdict, code }).inc();
        }
        let phases =
            [("waited", line.waited_ms), ("held", line.held_ms), ("graded", Some(line.graded_ms))];
        for (phase, ms) in phases {
            if let Some(ms) = ms {
                self.phases.get_or_create(&Phase { phase }).observe(ms as f64 / 1000.0);
            }
        }
    }
}

/// From a millisecond to half a minute.
fn quick() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 2.0, 16))
}

/// From a quarter of a second to two hours.
fn slow() -> Histogram {
    Histogram::new(exponential_buckets(0.25, 2.0, 16))
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Graded => "graded",
        Verdict::CandidateFault => "candidate_fault",
        Verdict::AuthorFault => "author_fault",
        Verdict::InfraFault => "infra_fault",
    }
}

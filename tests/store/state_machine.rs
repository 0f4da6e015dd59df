//! Several workers do anything in any order: each grading gets exactly one result.

use std::{collections::BTreeMap, time::Duration};

use proptest::{prelude::*, sample::Index};
use takehome::store::{Lease, Store as _};

use super::made::{LEASE, Made, lease_ms, report};

const WORKERS: usize = 3;
const GRADINGS: usize = 4;

#[derive(Debug, Clone)]
enum Step {
    Claim(usize),
    /// By any lease that any worker ever had.
    Heartbeat(Index),
    Complete(Index),
    Release(Index),
    /// The worker's process ends; one of another name takes its place.
    Dies(usize),
    Passes(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..WORKERS).prop_map(Step::Claim),
        2 => any::<Index>().prop_map(Step::Heartbeat),
        3 => any::<Index>().prop_map(Step::Complete),
        1 => any::<Index>().prop_map(Step::Release),
        1 => (0..WORKERS).prop_map(Step::Dies),
        2 => (1..=2 * LEASE.as_secs()).prop_map(Step::Passes),
    ]
}

/// What the test knows that the store does not tell.
#[derive(Default)]
struct Known {
    leases: Vec<Lease>,
    /// The newest attempt at each grading.
    newest: BTreeMap<String, u32>,
    /// The score that was accepted for each.
    results: BTreeMap<String, f64>,
    written: u32,
}

impl Known {
    async fn complete(&mut self, made: &Made, lease: &Lease) {
        self.written += 1;
        let score = f64::from(self.written);
        let accepted = made.store.complete(lease, &report(&lease.grading, score)).await;
        match accepted {
            Ok(()) => {
                assert_eq!(self.newest[&lease.grading], lease.attempt, "only the newest counts");
                let earlier = self.results.insert(lease.grading.clone(), score);
                assert_eq!(earlier, None, "a second result");
            }
            Err(error) => assert!(error.is_fenced(), "{error}"),
        }
    }

    async fn claim(&mut self, made: &Made, owner: &str) -> bool {
        let Some(claim) = made.claim(owner).await else { return false };
        let before = self.newest.insert(claim.lease.grading.clone(), claim.lease.attempt);
        assert!(before.unwrap_or(0) < claim.lease.attempt, "an attempt number came twice");
        assert!(!self.results.contains_key(&claim.lease.grading), "it has a result");
        self.leases.push(claim.lease);
        true
    }
}

async fn play(steps: Vec<Step>) {
    let made = Made::new().await;
    let names: Vec<String> = (0..GRADINGS).map(|number| format!("c{number}")).collect();
    let batch = made.batch(&names.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let mut lives = [0; WORKERS];
    let mut known = Known::default();
    for step in steps {
        match step {
            Step::Claim(worker) => {
                known.claim(&made, &format!("{worker}.{}", lives[worker])).await;
            }
            Step::Dies(worker) => {
                made.dies(&format!("{worker}.{}", lives[worker]));
                lives[worker] += 1;
            }
            Step::Passes(seconds) => made.clock.advance(Duration::from_secs(seconds)),
            _ if known.leases.is_empty() => {}
            Step::Heartbeat(index) => {
                let lease = index.get(&known.leases).clone();
                let renewed = made.store.heartbeat(&lease, lease_ms()).await;
                let newest = known.newest[&lease.grading] == lease.attempt;
                assert!(newest || renewed.is_err(), "a late lease was renewed");
            }
            Step::Complete(index) => {
                let lease = index.get(&known.leases).clone();
                known.complete(&made, &lease).await;
            }
            Step::Release(index) => {
                let lease = index.get(&known.leases).clone();
                if let Err(error) = made.store.release(&lease).await {
                    assert!(error.is_fenced(), "{error}");
                }
            }
        }
    }
    // Whatever happened, one more worker brings all of it to its end.
    made.clock.advance(LEASE * 4);
    while known.claim(&made, "last").await {
        let lease = known.leases.last().expect("a lease").clone();
        known.complete(&made, &lease).await;
    }
    let entries = made.store.entries(batch).await.expect("entries");
    assert_eq!(entries.len(), GRADINGS);
    for entry in entries {
        assert_eq!(entry.score, known.results.get(&entry.grading).copied());
        assert!(entry.score.is_some(), "every grading gets a result");
        let told = made.told(&entry.grading).await;
        assert_eq!(told.iter().filter(|action| *action == "finished").count(), 1, "{told:?}");
    }
    assert_eq!(made.store.problems().await.expect("checked"), Vec::<String>::new());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn each_grading_gets_exactly_one_result(steps in prop::collection::vec(step(), 0..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()
            .expect("a runtime");
        runtime.block_on(play(steps));
    }
}

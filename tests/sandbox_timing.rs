//! Timing on the real engine: what is told of honest solutions, and that no trick gains.
//!
//! Machines that run this are busy, so nothing here depends on how well a moment was suited to timing: ratios
//! are held to less than half of what they are, and words that noise may take away are not asserted.

mod common;

use std::{
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde_json::Value;

const CHALLENGE: &str = "tests/fixtures/challenges/timed";

/// Ten times the reference's work, which every trick hides, was measured as 8.4 times its time.
const HIDDEN: f64 = 3.0;

const TRICKS: [&str; 13] = [
    "computes-when-looked-at",
    "knows-the-example",
    "remembers-answers",
    "stops-the-clocks",
    "tenfold",
    "uses-every-core",
    "works-at-import",
    "works-in-a-daemon-afterwards",
    "works-in-a-thread-afterwards",
    "works-in-children-that-die",
    "works-in-orphans",
    "works-when-inputs-are-loaded",
    "works-when-results-are-fetched",
];

/// Times one solution: the exit code, what was found, and the process that did it.
fn timed(solution: &str, more: &[&str]) -> (i32, Value, u32) {
    let path = format!("{CHALLENGE}/{solution}");
    let mut args = vec!["--challenges", common::TINY, "-q", "time", &path];
    args.extend(["--challenge", "timed", "--seed", "7", "--format", "json"]);
    if !more.contains(&"--plan") {
        args.extend(["--plan", "earlier"]);
    }
    args.extend(more);
    let child = common::takehome(&args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("takehome starts");
    let pid = child.id();
    let output = child.wait_with_output().expect("takehome ends");
    let code = output.status.code().expect("an exit code");
    assert!(matches!(code, 0 | 3), "{solution}: {}", String::from_utf8_lossy(&output.stderr));
    let timing = common::json(&output)[0]["timings"][0].clone();
    (code, timing, pid)
}

fn ratio(solution: &str) -> Result<f64, Value> {
    let (code, timing, _) = timed(solution, &["--ratio-only"]);
    if code == 3 {
        return Err(timing["failed"].clone());
    }
    let ratio = timing["report"]["ratio"]["value"].as_f64();
    Ok(ratio.unwrap_or_else(|| panic!("{solution} has no ratio: {}", timing["report"]["doubts"])))
}

/// Threads that want every core for a moment and leave it for the next one, until the value is dropped.
struct Bursts {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Bursts {
    fn begin() -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let count = 4 * std::thread::available_parallelism().map_or(1, usize::from);
        let threads = (0..count).map(|n| {
            let (stop, mut rng) = (stop.clone(), StdRng::seed_from_u64(n as u64));
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let until = Instant::now() + Duration::from_millis(rng.random_range(20..300));
                    while Instant::now() < until {
                        std::hint::spin_loop();
                    }
                    std::thread::sleep(Duration::from_millis(rng.random_range(20..300)));
                }
            })
        });
        Self { threads: threads.collect(), stop }
    }
}

impl Drop for Bursts {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn identical_code_takes_about_as_long() {
    if common::engine().await.is_none() {
        return;
    }
    let ratio = ratio("reference").expect("it is right");
    assert!((0.5..2.0).contains(&ratio), "{ratio}");
}

#[tokio::test(flavor = "multi_thread")]
async fn growth_tells_a_worse_law_from_a_constant() {
    if common::engine().await.is_none() {
        return;
    }
    let growth = |solution: &str| {
        let (_, timing, _) = timed(&format!("solutions/{solution}"), &[]);
        let growth = timing["report"]["growth"].clone();
        assert!(growth.is_object(), "{solution}: {}", timing["report"]);
        assert_eq!(growth["sizes"].as_array().expect("sizes").len(), 4);
        growth["difference"]["value"].as_f64().expect("a difference")
    };
    let (linear, linearithmic, quadratic) =
        (growth("linear"), growth("linearithmic"), growth("quadratic"));
    assert!(linear.abs() < 0.35, "{linear}");
    assert!(quadratic > 0.7, "{quadratic}");
    assert!(linearithmic > linear - 0.1, "{linearithmic} and {linear}");
    assert!(linearithmic < quadratic - 0.3, "{linearithmic} and {quadratic}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_answer_is_not_timed_and_nothing_is_left() {
    let Some(docker) = common::engine().await else { return };
    let (code, timing, pid) = timed("solutions/wrong", &[]);
    assert_eq!(code, 3);
    assert!(timing["report"].is_null(), "{timing}");
    assert_eq!(timing["failed"]["side"], "candidate");
    let message = timing["failed"]["message"].as_str().expect("a message");
    assert!(message.contains("returned something else"), "{message}");
    assert!(common::containers_of(&docker, pid).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_is_too_noisy_for_the_clock_is_told_and_fails_nobody() {
    if common::engine().await.is_none() {
        return;
    }
    // A call of the plan takes a few bursts, and a process has time for two or three.
    let noise = Bursts::begin();
    let (code, timing, _) = timed("reference", &["--plan", "earlier-wall"]);
    drop(noise);
    assert_eq!(code, 0);
    assert!(timing["failed"].is_null(), "{timing}");
    let report = &timing["report"];
    assert_eq!(report["verdict"], "too_noisy", "{} {}", report["ratio"], report["doubts"]);
    assert!(!report["doubts"].as_array().expect("doubts").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_trick_gains() {
    if common::engine().await.is_none() {
        return;
    }
    let mut gained = Vec::new();
    for trick in TRICKS {
        match ratio(&format!("solutions/{trick}")) {
            Ok(ratio) if ratio < HIDDEN => gained.push(format!("{trick}: {ratio:.2}")),
            Ok(ratio) => println!("{trick}: {ratio:.2}"),
            Err(failed) => {
                assert_eq!(failed["side"], "candidate", "{trick}: {failed}");
                println!("{trick}: {}", failed["message"]);
            }
        }
    }
    assert!(gained.is_empty(), "{gained:?}");
}

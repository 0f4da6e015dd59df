//! Runs one target: its seeds first, then generated inputs until there were enough.

use std::{
    cell::Cell,
    fs::{self, File},
    os::unix::fs::FileExt,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use proptest::{
    strategy::BoxedStrategy,
    test_runner::{Config, TestCaseError, TestError, TestRunner},
};
use takehome::domain::Digest;

/// Cases of a target in `cargo test`, and between two looks at the clock.
const CASES: u32 = 256;
/// How much of a finding is shown.
const SHOWN_BYTES: usize = 2_000;

/// A parser under test and what is kept of earlier runs.
pub struct Target {
    name: &'static str,
    seeds: Vec<(PathBuf, Vec<u8>)>,
    running: PathBuf,
}

impl Target {
    /// The target whose seeds are in `tests/fuzz/seeds/NAME`.
    ///
    /// What failed before is in `target/fuzz` and comes first, so that a finding stays one until it
    /// is repaired. A generator's own state would not do: it means another input once there is
    /// another seed.
    pub fn new(name: &'static str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let findings = root.join("target/fuzz");
        fs::create_dir_all(&findings).expect("target/fuzz can be made");
        let mut files = listed(&findings);
        files.retain(|path| file_name(path).starts_with(&format!("{name}-")));
        let kept = listed(&root.join("tests/fuzz/seeds").join(name));
        assert!(!kept.is_empty(), "{name} has no seeds");
        files.extend(kept);
        let seeds = files
            .into_iter()
            .map(|path| {
                let bytes = fs::read(&path).expect("a seed is readable");
                (path, bytes)
            })
            .collect();
        Self { name, seeds, running: findings.join(format!("{name}-running.bin")) }
    }

    /// The bytes of the seeds.
    pub fn corpus(&self) -> Vec<Vec<u8>> {
        self.seeds.iter().map(|(_, bytes)| bytes.clone()).collect()
    }

    /// Gives `check` every seed and then `inputs`; it also gets the path of a file that holds the
    /// input. That file is what is left of a run which was aborted or never ended.
    ///
    /// # Panics
    /// When `check` does. The smallest input that was found is kept in `target/fuzz`.
    pub fn run(self, inputs: &BoxedStrategy<Vec<u8>>, check: impl Fn(&[u8], &Path)) {
        let begun = Instant::now();
        let executions = Cell::new(0_u64);
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&self.running)
            .expect("target/fuzz is writable");
        let execute = |bytes: &[u8]| {
            executions.set(executions.get() + 1);
            file.set_len(bytes.len() as u64).expect("target/fuzz is writable");
            file.write_all_at(bytes, 0).expect("target/fuzz is writable");
            check(bytes, &self.running);
        };
        for (path, bytes) in &self.seeds {
            let passed = catch_unwind(AssertUnwindSafe(|| execute(bytes))).is_ok();
            assert!(passed, "{}: this seed fails: {}", self.name, path.display());
        }
        let seconds = seconds();
        loop {
            let config = Config {
                cases: CASES,
                failure_persistence: None,
                max_shrink_time: 20_000,
                ..Config::default()
            };
            let result = TestRunner::new(config).run(inputs, |bytes| {
                execute(&bytes);
                Ok::<(), TestCaseError>(())
            });
            match result {
                Ok(()) => {}
                Err(TestError::Fail(reason, bytes)) => self.report(&reason.to_string(), &bytes),
                Err(TestError::Abort(reason)) => panic!("{}: {reason}", self.name),
            }
            if seconds.is_none_or(|seconds| begun.elapsed() >= seconds) {
                break;
            }
        }
        fs::remove_file(&self.running).expect("target/fuzz is writable");
        if let Some(seconds) = seconds {
            let (name, count) = (self.name, executions.get());
            println!("{name}: {count} executions in {} s", seconds.as_secs());
        }
    }

    fn report(&self, reason: &str, bytes: &[u8]) -> ! {
        let name = format!("target/fuzz/{}-{}.bin", self.name, Digest::of(bytes).short(12));
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&name);
        fs::write(path, bytes).expect("target/fuzz is writable");
        let shown = bytes[..bytes.len().min(SHOWN_BYTES)].escape_ascii();
        panic!(
            "{reason}\n{} bytes do this: {shown}\nThey are in {name}; once it is repaired, move \
             them to tests/fuzz/seeds/{}/",
            bytes.len(),
            self.name
        );
    }
}

/// For how long each target runs, where that is asked for.
fn seconds() -> Option<Duration> {
    let text = std::env::var("TAKEHOME_FUZZ_SECONDS").ok()?;
    let seconds = text.parse().expect("TAKEHOME_FUZZ_SECONDS is a whole number of seconds");
    Some(Duration::from_secs(seconds))
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

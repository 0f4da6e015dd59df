use std::process::ExitCode;

use crate::{
    batch::{BatchError, ListError, NamingError},
    challenge::ChallengeError,
    domain::{Report, Verdict},
    image::ImageError,
    sandbox::SandboxError,
    store::StoreError,
};

/// The program's exit codes; README lists them for other programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Everything was graded, or the command did its work.
    Ok = 0,
    /// A score is below `--fail-under`, or a check of ours did not hold.
    Below = 1,
    /// Wrong use of the command line.
    Usage = 2,
    /// A submission cannot be graded, by its own fault.
    Candidate = 3,
    /// A challenge is broken.
    Author = 4,
    /// The engine, an image or the disk failed.
    Infra = 5,
    /// Ctrl-C.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl Exit {
    /// The code of a set of results: the worst of them.
    pub fn of_reports(reports: &[Report], fail_under: Option<f64>) -> Self {
        let code = |report: &Report| match (report.verdict, report.score) {
            (Verdict::InfraFault, _) => Self::Infra,
            (Verdict::AuthorFault, _) => Self::Author,
            (Verdict::CandidateFault, _) => Self::Candidate,
            (Verdict::Graded, Some(score)) if fail_under.is_some_and(|least| score < least) => {
                Self::Below
            }
            (Verdict::Graded, _) => Self::Ok,
        };
        reports.iter().map(code).max().unwrap_or(Self::Ok)
    }
}

/// An error that ends the command: one line that says what is wrong and what to do.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub remedy: String,
}

impl Failure {
    /// Wrong use.
    pub fn usage(message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, message: message.into(), remedy: remedy.into() }
    }

    /// The same with more to do next.
    pub fn and(mut self, more: &str) -> Self {
        self.remedy.push_str(more);
        self
    }

    /// The person pressed Ctrl-C.
    pub fn interrupted(remedy: impl Into<String>) -> Self {
        Self { exit: Exit::Interrupted, message: "interrupted".into(), remedy: remedy.into() }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}; {}", self.message.trim_end(), self.remedy)
    }
}

impl From<SandboxError> for Failure {
    fn from(error: SandboxError) -> Self {
        let remedy = match &error {
            SandboxError::EngineDown(_) => {
                "start it with `service docker start` as root (install it with `apt-get install \
                 docker.io`), or set DOCKER_HOST to another engine"
            }
            SandboxError::Runtime { .. } => {
                "register it in the engine's daemon.json and restart the engine, or leave out --runtime"
            }
            SandboxError::Image(_) => "run `takehome image build`",
            _ => "run `takehome doctor`",
        };
        Self { exit: Exit::Infra, message: error.to_string(), remedy: remedy.into() }
    }
}

impl From<ImageError> for Failure {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Sandbox(error) => error.into(),
            other => Self { exit: Exit::Infra, message: other.to_string(), remedy: other.remedy() },
        }
    }
}

impl From<ChallengeError> for Failure {
    fn from(error: ChallengeError) -> Self {
        let exit = match &error {
            ChallengeError::NotFound { .. } | ChallengeError::NoRoot(_) => Exit::Usage,
            _ => Exit::Author,
        };
        let remedy = match exit {
            Exit::Usage => "see `takehome challenge list`; --challenges DIR names another folder",
            _ => {
                "the challenge's author has to fix it; challenges/AUTHORING.md describes the format"
            }
        };
        Self { exit, message: with_causes(&error), remedy: remedy.into() }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let exit = match &error {
            StoreError::NoBatch(_)
            | StoreError::NoGrading(_)
            | StoreError::NoInvitation(_)
            | StoreError::Refused(_)
            | StoreError::Outdated(_)
            | StoreError::AlreadyInvited { .. }
            | StoreError::NoCandidate(_)
            | StoreError::Occupied(_)
            | StoreError::NoBackup { .. }
            | StoreError::NoToken(_)
            | StoreError::NoEndpoint(_)
            | StoreError::NoDelivery(_)
            | StoreError::BeingGraded(_)
            | StoreError::AttemptsUsed { .. } => Exit::Usage,
            _ => Exit::Infra,
        };
        Self { exit, message: with_causes(&error), remedy: error.remedy().into() }
    }
}

impl From<BatchError> for Failure {
    fn from(error: BatchError) -> Self {
        match error {
            BatchError::Store(error) => error.into(),
            other => Self::usage(with_causes(&other), other.remedy()),
        }
    }
}

impl From<NamingError> for Failure {
    fn from(error: NamingError) -> Self {
        BatchError::from(error).into()
    }
}

impl From<ListError> for Failure {
    fn from(error: ListError) -> Self {
        BatchError::from(error).into()
    }
}

/// The error and what caused it, on one line.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(&format!(": {next}"));
        cause = next.source();
    }
    text
}

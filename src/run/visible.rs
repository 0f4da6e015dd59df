//! What the visible tests say of a submission, for its candidate.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{
    attempt::{self, Seen},
    faults::infra_fault,
    grading::{Runner, Stop},
    plan::GradeRequest,
};
use crate::{
    domain::{Checked, Fault, TestOutcome, VisibleCheck, VisibleTest},
    grade,
};

/// A test's words on a page, characters, and how many tests have any.
const MESSAGE: usize = 500;
const MESSAGES: usize = 20;

impl Runner {
    /// Runs the visible tests over a submission. The request's challenge comes from
    /// [`Challenge::visible`](crate::challenge::Challenge::visible) and its images hold no hidden data.
    /// Infrastructure faults are retried; what remains of them is not for the candidate.
    ///
    /// # Errors
    /// [`Stop`] when `stop` was cancelled first; every container is removed all the same.
    #[tracing::instrument(name = "check the visible tests", skip_all)]
    pub async fn check(
        &self,
        request: Arc<GradeRequest>,
        stop: &CancellationToken,
    ) -> Result<Checked, Stop> {
        let seen = self
            .tries(&request.grading_id, stop, |alone| {
                attempt::see(self, request.clone(), alone, |_| Ok(()))
            })
            .await?;
        Ok(match seen {
            Ok(seen) => told(seen),
            Err(error) => Checked::Unavailable(infra_fault(&error)),
        })
    }
}

fn told(seen: Seen) -> Checked {
    let plain = |fault: Fault| Fault { message: short(&fault.message), ..fault };
    match seen {
        Seen::Broken(code, message) => {
            let remedy = "the challenge's author runs its visible tests over the reference";
            let (code, remedy) = (code.into(), remedy.into());
            Checked::Unavailable(plain(Fault { code, message, remedy }))
        }
        Seen::Unfit { fault, has_files, .. } => Checked::Done(VisibleCheck {
            builds: has_files,
            imports: false,
            problem: Some(plain(fault)),
            tests: Vec::new(),
        }),
        Seen::Ran { tests, observed, .. } => {
            let mut said = 0;
            let tests = tests.into_iter().map(|test| {
                let seen = observed.get(&test.id);
                let outcome = seen.map_or(TestOutcome::NotRun, |seen| seen.outcome);
                let tells = outcome != TestOutcome::Passed && said < MESSAGES;
                said += usize::from(tells);
                let message = seen.filter(|_| tells).map(|seen| short(&seen.message));
                VisibleTest { name: test.id, outcome, message: message.unwrap_or_default() }
            });
            let tests = tests.collect();
            Checked::Done(VisibleCheck { builds: true, imports: true, problem: None, tests })
        }
    }
}

/// The first words of a text from a container, made plain.
fn short(text: &str) -> String {
    let plain = grade::plain(text);
    let mut short: String = plain.chars().take(MESSAGE).collect();
    if short.len() < plain.len() {
        short.push('…');
    }
    short
}

//! A candidate's container: started, perhaps ahead of need, and given one submission.

use std::time::Duration;

use rand::Rng as _;

use super::{link::Link, plan::GradeRequest};
use crate::{
    sandbox::{ContainerSpec, Role, Sandbox, SandboxError},
    wire::{FromAgent, ToAgent},
};

/// From the submission in hand to an agent that listens; no candidate code runs in it.
const READY: Duration = Duration::from_secs(60);

/// A container with an agent that has no submission yet, or this one.
pub(super) struct Candidate {
    pub(super) link: Link,
    spec: ContainerSpec,
    prepare: ToAgent,
}

/// How the judge gets in.
pub(super) struct Door {
    pub(super) port: u16,
    pub(super) token: String,
}

impl Candidate {
    /// Starts one in the network namespace of the judge's container, and has it import what every
    /// submission to the challenge may need. Nothing of a submission is in it, whichever `request`
    /// it was made for.
    #[tracing::instrument(name = "start the candidate", skip_all)]
    pub(super) async fn launch(
        sandbox: &dyn Sandbox,
        request: &GradeRequest,
        judge_container: &str,
    ) -> Result<Self, SandboxError> {
        let spec = request.candidate_spec(judge_container);
        let prepare = request.prepare();
        let mut link = Link::new(sandbox.launch(&spec).await?, Role::Candidate);
        link.send(&prepare).await.map_err(|e| e.during("preparing the agent"))?;
        Ok(Self { link, spec, prepare })
    }

    /// Whether it is what would be launched for `request`.
    pub(super) fn suits(&self, request: &GradeRequest) -> bool {
        let join = self.spec.join.clone().unwrap_or_default();
        // Every container has a user of its own, and is labelled with whom it was made for.
        let (run, uid) = (self.spec.run.clone(), self.spec.uid);
        let wanted = ContainerSpec { run, uid, ..request.candidate_spec(&join) };
        self.spec == wanted && self.prepare == request.prepare()
    }

    /// Hands it the submission, the only one it ever gets.
    pub(super) async fn hand_over(&mut self, request: &GradeRequest) -> Result<Door, SandboxError> {
        let token = new_token();
        let message = ToAgent::Submission {
            token: token.clone(),
            submission_bytes: request.submission.tar.len() as u64,
            preload: request.named_preload(),
            seed: request.candidate_seed(),
        };
        self.link
            .send_with(&message, &request.submission.tar)
            .await
            .map_err(|e| e.during("handing the submission to the agent"))?;
        match self.link.receive_within(READY).await {
            Ok(FromAgent::Ready { port }) => Ok(Door { port, token }),
            Ok(FromAgent::Fatal { message }) => {
                Err(SandboxError::Ended { role: Role::Candidate, detail: format!(": {message}") })
            }
            Err(error) => Err(error.during("waiting for the agent")),
        }
    }
}

/// 128 bits, so that nothing else on the shared loopback can pose as the judge.
fn new_token() -> String {
    hex::encode(rand::rng().random::<[u8; 16]>())
}

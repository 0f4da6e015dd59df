use std::time::Duration;

use bytes::Bytes;

use super::{
    link::{Link, LinkError},
    plan::{new_grading_id, next_uid},
};
use crate::{
    sandbox::{ContainerLimits, ContainerSpec, Role, Sandbox, SandboxError, Tmpfs},
    wire::{Dropped, FromMutator, MutantFrame, ToMutator},
};

const MIB: u64 = 1024 * 1024;
/// Six hundred mutants take six seconds on an idle core.
const BOUND: Duration = Duration::from_secs(300);
/// More than any reference of a take-home challenge gives.
const MAX_MUTANTS: usize = 20_000;

/// What came out of the container that makes mutants.
#[derive(Debug, Clone, Default)]
pub struct RawMutants {
    /// As they came; not yet compared with the reference.
    pub mutants: Vec<MutantFrame>,
    /// How many were left out.
    pub dropped: Dropped,
}

/// Why there are no mutants.
#[derive(Debug, thiserror::Error)]
pub enum MutatorError {
    /// The reference is no Python.
    #[error("the reference cannot be mutated: {0}")]
    Reference(String),
    /// The engine, or the container.
    #[error("could not make mutants: {0}")]
    Sandbox(SandboxError),
}

/// Makes every mutant of `files` in the tar of a reference, in a container of its own: even an
/// author's own code is not parsed by a library on the host.
///
/// # Errors
/// [`MutatorError`].
pub async fn make_mutants(
    sandbox: &dyn Sandbox,
    image: &str,
    reference: &Bytes,
    files: Vec<String>,
) -> Result<RawMutants, MutatorError> {
    let container = sandbox.launch(&spec(image)).await.map_err(MutatorError::Sandbox)?;
    let mut link = Link::new(container, Role::Candidate);
    let made = tokio::time::timeout(BOUND, talk(&mut link, reference, files)).await;
    let removed = link.remove().await;
    let made = made.unwrap_or(Err(MutatorError::Sandbox(SandboxError::Stalled(
        "the container that makes mutants".into(),
    ))))?;
    removed.map_err(MutatorError::Sandbox)?;
    Ok(made)
}

async fn talk(
    link: &mut Link,
    reference: &Bytes,
    files: Vec<String>,
) -> Result<RawMutants, MutatorError> {
    let during = |error: LinkError| {
        MutatorError::Sandbox(match error {
            // The container has the stricter profile of the two, but is none of a candidate.
            LinkError::Sandbox(SandboxError::Ended { detail, .. }) => SandboxError::Engine {
                action: "the container that makes mutants".into(),
                message: format!("it ended unexpectedly{detail}"),
            },
            other => other.during("making mutants"),
        })
    };
    let message = ToMutator::Mutate { reference_bytes: reference.len() as u64, files };
    link.send_with(&message, reference).await.map_err(during)?;
    let mut made = RawMutants::default();
    loop {
        match link.receive_within(BOUND).await.map_err(during)? {
            FromMutator::Mutant(_) if made.mutants.len() >= MAX_MUTANTS => {
                let message = format!("it has more than {MAX_MUTANTS} mutants");
                return Err(MutatorError::Reference(message));
            }
            FromMutator::Mutant(mutant) => made.mutants.push(mutant),
            FromMutator::Done { dropped } => return Ok(RawMutants { dropped, ..made }),
            FromMutator::Broken { message } => return Err(MutatorError::Reference(message)),
        }
    }
}

fn spec(image: &str) -> ContainerSpec {
    ContainerSpec {
        role: Role::Candidate,
        image: image.to_owned(),
        module: "takehome_mutate",
        join: None,
        uid: next_uid(),
        limits: ContainerLimits { memory_bytes: 512 * MIB, cpus: 1.0, pids: 32 },
        tmpfs: vec![Tmpfs { path: "/tmp", bytes: 16 * MIB, inodes: 1000 }],
        run: new_grading_id(),
        cores: None,
        seeded_layout: false,
        lifetime: BOUND * 2,
    }
}

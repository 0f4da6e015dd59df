//! What a fault is called in a report, and what to do about it.

use crate::{domain::Fault, sandbox::SandboxError, wire::ProbeReason};

pub(super) fn probe_advice(reason: ProbeReason) -> (&'static str, &'static str) {
    match reason {
        ProbeReason::Ok | ProbeReason::ImportError => (
            "does_not_import",
            "run the visible tests on your machine with the listed packages only, and send the archive again",
        ),
        ProbeReason::TimedOut => (
            "hangs_at_import",
            "importing must not start the work; put it into a function that the entry point calls",
        ),
        ProbeReason::Exited => (
            "exits_at_import",
            "importing must not end the process; end it from the entry point only",
        ),
        ProbeReason::OutOfMemory => (
            "out_of_memory_at_import",
            "importing must not need more memory than the challenge's README allows",
        ),
    }
}

pub(super) fn infra_fault(error: &SandboxError) -> Fault {
    Fault {
        code: match error {
            SandboxError::EngineDown(_) => "engine_down",
            SandboxError::Engine { .. } => "engine_error",
            SandboxError::Stalled(_) => "stalled",
            SandboxError::KilledFromOutside(_) => "killed_from_outside",
            SandboxError::Starved => "machine_too_busy",
            SandboxError::Runtime { .. } => "runtime_missing",
            SandboxError::Image(_) => "image_missing",
            SandboxError::Ended { .. } => "container_ended",
        }
        .into(),
        message: error.to_string(),
        remedy: match error {
            SandboxError::Image(_) => {
                "run `takehome image build`, then grade the submission again; nothing was scored"
            }
            SandboxError::Ended { .. } => {
                "run `takehome doctor --try`, and where that fails `takehome image prune --all`, which has \
                 damaged images built anew; then grade the submission again, nothing was scored"
            }
            SandboxError::Starved => {
                "let the machine do less beside it, or fewer gradings at a time (`--jobs`), then grade the \
                 submission again; nothing was scored"
            }
            _ => "run `takehome doctor`, then grade the submission again; nothing was scored",
        }
        .into(),
    }
}

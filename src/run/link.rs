use std::time::Duration;

use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::{Instant, timeout_at};

use crate::{
    sandbox::{Container, Exit, Role, SandboxError, Usage},
    wire::{FrameDecoder, FrameError, encode},
};

/// A container that speaks frames.
pub(super) struct Link {
    container: Box<dyn Container>,
    role: Role,
    decoder: FrameDecoder,
}

/// Why a link gave no message.
#[derive(Debug, thiserror::Error)]
pub(super) enum LinkError {
    /// The deadline passed.
    #[error("no answer before the deadline")]
    Deadline,
    /// The container ended or the engine failed.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// It said something that is not of the protocol.
    #[error("{0}")]
    Frame(#[from] FrameError),
}

impl Link {
    pub(super) fn new(container: Box<dyn Container>, role: Role) -> Self {
        Self { container, role, decoder: FrameDecoder::default() }
    }

    pub(super) fn id(&self) -> &str {
        self.container.id()
    }

    pub(super) fn image_digest(&self) -> &str {
        self.container.image_digest()
    }

    pub(super) fn usage(&self) -> Usage {
        self.container.usage()
    }

    pub(super) async fn send<T: Serialize>(&mut self, message: &T) -> Result<(), LinkError> {
        let frame = encode(message)?;
        Ok(self.container.send(frame).await?)
    }

    /// Sends `message` and the raw bytes that it announces.
    pub(super) async fn send_with<T: Serialize>(
        &mut self,
        message: &T,
        bulk: &Bytes,
    ) -> Result<(), LinkError> {
        self.send(message).await?;
        Ok(self.container.send(bulk.clone()).await?)
    }

    /// The next message, if it comes before `deadline`.
    pub(super) async fn receive<T: DeserializeOwned>(
        &mut self,
        deadline: Instant,
    ) -> Result<T, LinkError> {
        loop {
            if let Some(message) = self.decoder.next_message()? {
                return Ok(message);
            }
            let chunk = timeout_at(deadline, self.container.receive())
                .await
                .map_err(|_| LinkError::Deadline)??;
            match chunk {
                Some(chunk) => self.decoder.push(&chunk),
                None => {
                    self.decoder.finish()?;
                    return Err(self.ended().into());
                }
            }
        }
    }

    pub(super) async fn receive_within<T: DeserializeOwned>(
        &mut self,
        bound: Duration,
    ) -> Result<T, LinkError> {
        self.receive(Instant::now() + bound).await
    }

    /// The last lines of the container's error stream.
    pub(super) fn stderr_tail(&self, lines: usize) -> String {
        let text = self.container.stderr_tail();
        let all: Vec<&str> = text.lines().collect();
        all[all.len().saturating_sub(lines)..].join("\n")
    }

    pub(super) async fn remove(self) -> Result<Exit, SandboxError> {
        self.container.remove().await
    }

    fn ended(&self) -> SandboxError {
        let tail = self.stderr_tail(5);
        let detail = if tail.is_empty() { String::new() } else { format!(": {tail}") };
        SandboxError::Ended { role: self.role, detail }
    }
}

impl LinkError {
    /// As an infrastructure fault while doing `action`.
    pub(super) fn during(self, action: &str) -> SandboxError {
        match self {
            Self::Sandbox(error) => error,
            Self::Deadline => SandboxError::Stalled(action.to_owned()),
            Self::Frame(error) => {
                SandboxError::Engine { action: action.to_owned(), message: error.to_string() }
            }
        }
    }
}

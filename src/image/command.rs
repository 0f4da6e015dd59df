use std::{process::Stdio, time::Duration};

use tokio::{io::AsyncReadExt as _, process::Command, time::timeout};

/// Why a program on the host did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// It is not installed.
    #[error("{0} is not installed")]
    Missing(String),
    /// It could not be started or awaited.
    #[error("{program} could not be run: {source}")]
    Start {
        /// The program.
        program: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// It ended with an error.
    #[error("{program} failed ({status}):\n{output}")]
    Failed {
        /// The program.
        program: String,
        /// How it ended.
        status: std::process::ExitStatus,
        /// The last lines of its error stream.
        output: String,
    },
    /// It did not end in time.
    #[error("{program} did not end within {} s", bound.as_secs())]
    Stalled {
        /// The program.
        program: String,
        /// The bound.
        bound: Duration,
    },
}

/// Runs a program to its end and returns its standard output; it dies with this process's task.
pub(super) async fn run(command: &mut Command, bound: Duration) -> Result<String, CommandError> {
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    let started = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let mut child = started.map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => CommandError::Missing(program.clone()),
        _ => CommandError::Start { program: program.clone(), source },
    })?;
    let (mut stdout, mut stderr) = (child.stdout.take(), child.stderr.take());
    let work = async {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let read_out = async {
            if let Some(pipe) = &mut stdout {
                let _ = pipe.read_to_end(&mut out).await;
            }
        };
        let read_err = async {
            if let Some(pipe) = &mut stderr {
                let _ = pipe.read_to_end(&mut err).await;
            }
        };
        tokio::join!(read_out, read_err);
        (child.wait().await, out, err)
    };
    let (status, out, err) = timeout(bound, work)
        .await
        .map_err(|_| CommandError::Stalled { program: program.clone(), bound })?;
    let status =
        status.map_err(|source| CommandError::Start { program: program.clone(), source })?;
    if status.success() {
        return Ok(String::from_utf8_lossy(&out).into_owned());
    }
    let text = String::from_utf8_lossy(&err);
    let lines: Vec<&str> = text.lines().collect();
    let output = lines[lines.len().saturating_sub(15)..].join("\n");
    Err(CommandError::Failed { program, status, output })
}

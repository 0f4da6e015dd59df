use std::{fs::File, sync::Arc};

use tokio::sync::{Mutex, Semaphore};
use tokio_util::task::TaskTracker;

use super::{Broken, Incoming, ReceiptKey, ReceiveError, Spool, Spooled, Statement};
use crate::{
    challenge::Challenge,
    hiring::Code,
    store::{Blobs, Clock, NewUpload, Recorded, StoreError, Upload, Uploads},
    submission::{IntakeLimits, Refusal, Submission, display_name},
};

/// Archives that are unpacked at a time: each may hold a hundred megabytes in memory.
const AT_A_TIME: usize = 2;

/// Where uploads are received. Clones share everything.
#[derive(Clone)]
pub struct Reception {
    shared: Arc<Shared>,
    tasks: TaskTracker,
}

struct Shared {
    uploads: Arc<dyn Uploads>,
    blobs: Blobs,
    spool: Arc<Spool>,
    key: ReceiptKey,
    clock: Arc<dyn Clock>,
    grace_ms: i64,
    room: Semaphore,
    /// The database lets one write at a time: waiting here is fair, and leaves connections to readers.
    turn: Mutex<()>,
}

/// An upload whose first byte is about to come.
pub struct Arrival {
    incoming: Incoming,
    code: Code,
    challenge: Arc<Challenge>,
    name: String,
    began_ms: i64,
}

/// What was received, with its receipt.
#[derive(Debug, Clone, PartialEq)]
pub struct Received {
    /// The attempt.
    pub upload: Upload,
    /// Whether these bytes were there already as the newest attempt.
    pub again: bool,
    /// The signed receipt.
    pub receipt: String,
}

impl Reception {
    /// Over these records, with `grace_ms` for what began before the deadline.
    pub fn new(
        uploads: Arc<dyn Uploads>,
        blobs: Blobs,
        spool: Arc<Spool>,
        key: ReceiptKey,
        clock: Arc<dyn Clock>,
        grace_ms: i64,
    ) -> Self {
        let (room, turn) = (Semaphore::new(AT_A_TIME), Mutex::new(()));
        let shared = Shared { uploads, blobs, spool, key, clock, grace_ms, room, turn };
        Self { shared: Arc::new(shared), tasks: TaskTracker::new() }
    }

    /// The key that receipts are verified with, as PEM.
    pub fn public_pem(&self) -> String {
        self.shared.key.public_pem()
    }

    /// The receipt of an attempt that is in the records.
    pub fn receipt(&self, upload: &Upload) -> String {
        self.shared.key.receipt(&upload.statement)
    }

    /// A place for an upload of at most `limit` bytes, called `name` by whoever sends it.
    ///
    /// # Errors
    /// [`Broken`].
    pub async fn begin(
        &self,
        code: &Code,
        challenge: Arc<Challenge>,
        name: &str,
        limit: u64,
    ) -> Result<Arrival, Broken> {
        let incoming = self.shared.spool.begin(limit).await?;
        let began_ms = self.shared.clock.now_ms();
        let name = match name.trim() {
            "" => "upload".to_owned(),
            name => display_name(name.rsplit(['/', '\\']).next().unwrap_or(name).as_ref()),
        };
        Ok(Arrival { incoming, code: code.clone(), challenge, name, began_ms })
    }

    /// All bytes are there: takes them in, records them and signs the receipt. It goes on if whoever
    /// waits for it is gone.
    ///
    /// # Errors
    /// [`ReceiveError`]: nothing of it counts, and the audit trail says why where the archive is at fault.
    pub async fn finish(&self, arrival: Arrival) -> Result<Received, ReceiveError> {
        let shared = self.shared.clone();
        let Arrival { incoming, code, challenge, name, began_ms } = arrival;
        let work = async move {
            let id = challenge.manifest.id.to_string();
            let received_ms = shared.clock.now_ms();
            let spooled = incoming.complete(&code, &id, &name, began_ms, received_ms).await?;
            let received = shared.receive(&spooled, &code, challenge).await;
            spooled.remove();
            received
        };
        match self.tasks.spawn(work).await {
            Ok(received) => received,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    /// Writes into the audit trail that an upload was refused before all of it had come.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refused(&self, code: &Code, error: &ReceiveError) -> Result<(), StoreError> {
        self.shared.uploads.refused(code, error.code()).await
    }

    /// Records what was complete when an earlier process ended. `challenge` finds one by its id. How many
    /// were recorded; what cannot be taken now stays for the next start where it is our fault.
    ///
    /// # Errors
    /// [`Broken`] when the spool cannot be read.
    pub async fn recover(
        &self,
        challenge: impl AsyncFn(&str) -> Option<Arc<Challenge>>,
    ) -> Result<usize, Broken> {
        let mut recorded = 0;
        for spooled in self.shared.spool.left()? {
            let label = &spooled.label;
            let known = challenge(&label.challenge).await;
            let (Some(known), Ok(code)) = (known, label.code.parse::<Code>()) else { continue };
            match self.shared.receive(&spooled, &code, known).await {
                Ok(_) => recorded += 1,
                Err(
                    error @ ReceiveError::Store(
                        StoreError::Refused(_)
                        | StoreError::NoInvitation(_)
                        | StoreError::AttemptsUsed { .. },
                    ),
                ) => {
                    tracing::warn!(target: "takehome::receiving", %error, "an upload came too late");
                }
                Err(error) if error.is_refusal() => {}
                Err(error) => {
                    tracing::error!(target: "takehome::receiving", %error, "an upload stays spooled");
                    continue;
                }
            }
            spooled.remove();
        }
        self.shared.spool.clear_labels()?;
        Ok(recorded)
    }

    /// Waits until all that came in has been recorded. Nothing may begin any more.
    pub async fn close(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Arrival {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// As [`Incoming::write`].
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), ReceiveError> {
        self.incoming.write(bytes).await
    }
}

impl Shared {
    async fn receive(
        &self,
        spooled: &Spooled,
        code: &Code,
        challenge: Arc<Challenge>,
    ) -> Result<Received, ReceiveError> {
        let received = self.record(spooled, code, challenge).await;
        if let Err(error) = &received
            && error.is_refusal()
            && let Err(error) = self.uploads.refused(code, error.code()).await
        {
            tracing::warn!(target: "takehome::receiving", %error, "a refusal is not in the audit trail");
        }
        received
    }

    async fn record(
        &self,
        spooled: &Spooled,
        code: &Code,
        challenge: Arc<Challenge>,
    ) -> Result<Received, ReceiveError> {
        let submission = self.take_in(spooled, challenge.clone()).await?;
        let (sha256, tar) = (submission.sha256, submission.tar);
        let blobs = self.blobs.clone();
        // Held until the records name the bytes, so that no purge removes them in between.
        let kept = tokio::task::spawn_blocking(move || {
            let hold = blobs.hold()?;
            blobs.put(&tar)?;
            Ok::<_, StoreError>(hold)
        });
        let _hold = kept.await.map_err(panicked)??;
        let label = &spooled.label;
        let challenge_id = challenge.manifest.id.to_string();
        let statement = Statement {
            upload: &label.id,
            code,
            challenge: &challenge_id,
            received_ms: label.received_ms,
            received_sha256: label.received_sha256,
            size: label.size,
            sha256,
        };
        let new = NewUpload {
            id: label.id.clone(),
            code: code.clone(),
            suite_sha256: challenge.suite.sha256,
            seed: challenge.seed_for(&sha256),
            sha256,
            received_sha256: label.received_sha256,
            size: label.size,
            original_name: label.original_name.clone(),
            began_ms: label.began_ms,
            received_ms: label.received_ms,
            grace_ms: self.grace_ms,
            statement: statement.text(),
            challenge: challenge_id,
        };
        let recorded = {
            let _turn = self.turn.lock().await;
            self.uploads.record(&new).await?
        };
        let again = matches!(recorded, Recorded::Again(_));
        let (Recorded::New(upload) | Recorded::Again(upload)) = recorded;
        Ok(Received { receipt: self.key.receipt(&upload.statement), again, upload })
    }

    async fn take_in(
        &self,
        spooled: &Spooled,
        challenge: Arc<Challenge>,
    ) -> Result<Submission, ReceiveError> {
        let _room = self.room.acquire().await.map_err(|_| closed())?;
        let (path, name) = (spooled.path.clone(), spooled.label.original_name.clone());
        let taken = tokio::task::spawn_blocking(move || {
            let required = &challenge.manifest.interface.required;
            let limits = IntakeLimits::default().with_anchors(required);
            let file = File::open(&path)
                .map_err(|cause| Refusal::Unreadable { what: "the upload".into(), cause })?;
            let submission = Submission::from_archive(&name, file, &limits)?;
            match submission.missing(required).into_iter().next() {
                Some(missing) => Err(ReceiveError::Incomplete(missing)),
                None => Ok(submission),
            }
        });
        taken.await.map_err(panicked)?
    }
}

fn panicked(error: tokio::task::JoinError) -> ReceiveError {
    broken(std::io::Error::other(error))
}

fn closed() -> ReceiveError {
    broken(std::io::Error::other("the portal stops"))
}

fn broken(cause: std::io::Error) -> ReceiveError {
    Broken { action: "take in", path: "the upload".into(), cause }.into()
}

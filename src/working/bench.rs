use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;

use crate::{
    challenge::Challenge,
    image::{Progress, Provisioner},
    sandbox::{ImagePair, Sandbox, docker::DockerSandbox},
};

/// What gradings run on, and with which images.
#[async_trait]
pub trait Bench: Send + Sync {
    /// The engine.
    fn sandbox(&self) -> Arc<dyn Sandbox>;

    /// The images of a challenge's gradings, made ready; or, in words, why not.
    async fn images(&self, challenge: &Challenge) -> Result<ImagePair, String>;

    /// The images of its visible checks: no hidden data is in them.
    async fn visible_images(&self, challenge: &Challenge) -> Result<ImagePair, String>;
}

/// A real engine.
pub struct EngineBench {
    /// The engine.
    pub sandbox: Arc<DockerSandbox>,
    /// Where wheels are kept.
    pub home: PathBuf,
}

impl EngineBench {
    fn provisioner<'a>(
        &self,
        progress: &'a (dyn Fn(Progress) + Send + Sync),
    ) -> Result<Provisioner<'a>, String> {
        Provisioner::new(&self.sandbox, &self.home, progress).map_err(|error| error.to_string())
    }
}

#[async_trait]
impl Bench for EngineBench {
    fn sandbox(&self) -> Arc<dyn Sandbox> {
        self.sandbox.clone()
    }

    async fn images(&self, challenge: &Challenge) -> Result<ImagePair, String> {
        let made = self.provisioner(&log)?.for_challenge(challenge).await;
        made.map_err(|error| format!("{error}; {}", error.remedy()))
    }

    async fn visible_images(&self, challenge: &Challenge) -> Result<ImagePair, String> {
        // Those of the kind: a challenge's own images have its hidden data at /data.
        let made = self.provisioner(&log)?.pair(challenge.manifest.image).await;
        made.map_err(|error| format!("{error}; {}", error.remedy()))
    }
}

fn log(progress: Progress) {
    if let Progress::Ready { tag, built_in: Some(took) } = progress {
        tracing::info!(target: "takehome::worker", tag, seconds = took.as_secs(), "built an image");
    }
}

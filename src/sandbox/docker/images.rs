use std::{collections::HashMap, path::Path, time::Duration};

use bollard::{
    Docker, body_try_stream,
    errors::Error as EngineApiError,
    query_parameters::{
        BuildImageOptionsBuilder, BuilderVersion, CreateImageOptionsBuilder,
        ListImagesOptionsBuilder, PruneImagesOptionsBuilder, RemoveImageOptionsBuilder,
    },
};
use futures_util::{Stream, StreamExt as _};
use tokio_util::io::ReaderStream;

use super::{client::engine_error, labels};
use crate::sandbox::SandboxError;

/// An engine that says nothing for this long while it builds is stuck.
const SILENCE: Duration = Duration::from_secs(600);
/// Label of the build stages whose only use is to be the next build's cache.
const STAGE_LABEL: &str = "takehome.stage";

/// An image that the engine has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageInfo {
    /// The engine's content digest of it.
    pub id: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// Which of ours it is.
    pub name: Option<String>,
    /// Digest of the content that made it.
    pub content: Option<String>,
    /// Bytes with all its layers.
    pub bytes: u64,
}

/// What an image is built from.
pub struct BuildStep<'a> {
    /// The tag it gets.
    pub tag: &'a str,
    /// A tar file that holds the Dockerfile and what it copies.
    pub context: &'a Path,
    /// Build arguments.
    pub args: HashMap<String, String>,
    /// Labels; see [`Images::labels`].
    pub labels: HashMap<String, String>,
}

/// The engine's images.
#[derive(Clone)]
pub struct Images {
    docker: Docker,
}

impl Images {
    pub(super) fn new(docker: Docker) -> Self {
        Self { docker }
    }

    /// The labels that mark an image as ours.
    pub fn labels(name: &str, content: &str) -> HashMap<String, String> {
        HashMap::from([
            (labels::IMAGE.into(), name.into()),
            (labels::CONTENT.into(), content.into()),
        ])
    }

    /// The image with this tag, if there is one.
    ///
    /// # Errors
    /// [`SandboxError`] when the engine does not answer.
    pub async fn find(&self, tag: &str) -> Result<Option<ImageInfo>, SandboxError> {
        match self.docker.inspect_image(tag).await {
            Ok(image) => {
                let labels = image.config.and_then(|config| config.labels).unwrap_or_default();
                Ok(Some(ImageInfo {
                    id: image.id.unwrap_or_default(),
                    tags: short(image.repo_tags.unwrap_or_default()),
                    name: labels.get(labels::IMAGE).cloned(),
                    content: labels.get(labels::CONTENT).cloned(),
                    bytes: u64::try_from(image.size.unwrap_or(0)).unwrap_or(0),
                }))
            }
            Err(EngineApiError::DockerResponseServerError { status_code: 404, .. }) => Ok(None),
            Err(error) => Err(engine_error(format!("could not look at image {tag}"), error)),
        }
    }

    /// All images of ours.
    ///
    /// # Errors
    /// [`SandboxError`] when the engine does not answer.
    pub async fn list(&self) -> Result<Vec<ImageInfo>, SandboxError> {
        let filters = HashMap::from([("label".to_owned(), vec![labels::IMAGE.to_owned()])]);
        let options = ListImagesOptionsBuilder::new().filters(&filters).build();
        let images = self
            .docker
            .list_images(Some(options))
            .await
            .map_err(|error| engine_error("could not list images", error))?;
        let mut ours: Vec<_> = images
            .into_iter()
            .map(|image| ImageInfo {
                id: image.id,
                tags: short(image.repo_tags),
                name: image.labels.get(labels::IMAGE).cloned(),
                content: image.labels.get(labels::CONTENT).cloned(),
                bytes: u64::try_from(image.size).unwrap_or(0),
            })
            .collect();
        ours.sort_by(|a, b| (&a.name, &a.tags).cmp(&(&b.name, &b.tags)));
        Ok(ours)
    }

    /// Fetches an image from its registry.
    ///
    /// # Errors
    /// [`SandboxError`] when no registry answers within `bound`, or has no such image.
    pub async fn pull(&self, image: &str, bound: Duration) -> Result<(), SandboxError> {
        let options = CreateImageOptionsBuilder::new().from_image(image).build();
        let pull = self.docker.create_image(Some(options), None, None);
        let action = format!("could not pull {image}");
        tokio::time::timeout(bound, finish(&action, pull, |_| None, |_| {}))
            .await
            .map_err(|_| SandboxError::Stalled(format!("pulling {image}")))?
    }

    /// Builds an image without network, with the classic builder, which every engine has.
    ///
    /// # Errors
    /// [`SandboxError`] with the last lines of the build when it fails.
    pub async fn build(
        &self,
        step: BuildStep<'_>,
        progress: impl FnMut(&str),
    ) -> Result<(), SandboxError> {
        let action = format!("could not build {}", step.tag);
        let options = BuildImageOptionsBuilder::new()
            .version(BuilderVersion::BuilderV1)
            .t(step.tag)
            .networkmode("none")
            .rm(true)
            .forcerm(true)
            .buildargs(&step.args)
            .labels(&step.labels)
            .build();
        let body = body_try_stream(open(step.context, &action).await?);
        let build = self.docker.build_image(options, None, Some(body));
        finish(&action, build, |info| info.stream, progress).await
    }

    /// Removes one image.
    ///
    /// # Errors
    /// [`SandboxError`] when a container uses it or the engine does not answer.
    pub async fn remove(&self, id: &str) -> Result<(), SandboxError> {
        let options = RemoveImageOptionsBuilder::new().force(true).build();
        match self.docker.remove_image(id, Some(options), None).await {
            Ok(_) | Err(EngineApiError::DockerResponseServerError { status_code: 404, .. }) => {
                Ok(())
            }
            Err(error) => Err(engine_error(format!("could not remove image {id}"), error)),
        }
    }

    /// Removes the build stages that no tag names.
    ///
    /// # Errors
    /// [`SandboxError`] when the engine does not answer.
    pub async fn prune_stages(&self) -> Result<(), SandboxError> {
        let filters = HashMap::from([
            ("dangling".to_owned(), vec!["true".to_owned()]),
            ("label".to_owned(), vec![STAGE_LABEL.to_owned()]),
        ]);
        let options = PruneImagesOptionsBuilder::new().filters(&filters).build();
        self.docker
            .prune_images(Some(options))
            .await
            .map(drop)
            .map_err(|error| engine_error("could not prune build stages", error))
    }
}

/// Tags as we give them: Podman answers with the registry that Docker leaves out.
fn short(tags: Vec<String>) -> Vec<String> {
    let registries = ["docker.io/library/", "localhost/"];
    let strip = |tag: String| match registries.iter().find_map(|name| tag.strip_prefix(name)) {
        Some(rest) => rest.to_owned(),
        None => tag,
    };
    tags.into_iter().map(strip).collect()
}

async fn open(path: &Path, action: &str) -> Result<ReaderStream<tokio::fs::File>, SandboxError> {
    let file = tokio::fs::File::open(path).await.map_err(|error| SandboxError::Engine {
        action: action.to_owned(),
        message: format!("{}: {error}", path.display()),
    })?;
    Ok(ReaderStream::with_capacity(file, 256 * 1024))
}

/// Reads a progress stream to its end; on an error the last lines go with it.
async fn finish<T>(
    action: &str,
    stream: impl Stream<Item = Result<T, EngineApiError>>,
    line_of: impl Fn(T) -> Option<String>,
    mut progress: impl FnMut(&str),
) -> Result<(), SandboxError> {
    let mut stream = std::pin::pin!(stream);
    let mut last: Vec<String> = Vec::new();
    loop {
        let item = tokio::time::timeout(SILENCE, stream.next())
            .await
            .map_err(|_| SandboxError::Stalled(action.to_owned()))?;
        match item {
            None => return Ok(()),
            Some(Ok(info)) => {
                if let Some(line) = line_of(info).filter(|line| !line.trim().is_empty()) {
                    progress(line.trim_end());
                    last.push(line.trim_end().to_owned());
                    last.drain(..last.len().saturating_sub(15));
                }
            }
            Some(Err(error)) => {
                return Err(match engine_error(action, error) {
                    SandboxError::Engine { action, message } if !last.is_empty() => {
                        SandboxError::Engine {
                            action,
                            message: format!("{message}\n{}", last.join("\n")),
                        }
                    }
                    other => other,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_as_we_gave_them_whatever_the_engine_puts_before() {
        let tags = [
            "takehome-judge:1",
            "docker.io/library/takehome-judge:1",
            "localhost/takehome-judge:1",
        ];
        assert_eq!(short(tags.map(str::to_owned).to_vec()), ["takehome-judge:1"; 3]);
    }
}

use std::{path::PathBuf, sync::Arc, time::Duration};

use crate::{
    batch::Records,
    challenge::{Challenge, Limits},
    cli::{args::Global, exit::Failure, progress},
    image::{Provisioner, Recipes},
    sandbox::{
        ImagePair,
        docker::{DockerSandbox, EngineFacts},
    },
};

/// What every command needs to know of its surroundings.
pub(super) struct Context {
    pub(super) roots: Vec<PathBuf>,
    pub(super) home: PathBuf,
    runtime: Option<String>,
    pub(super) quiet: bool,
    /// The words of the command line that said where things are, for another command to say so too.
    pub(super) given: Vec<String>,
}

impl Context {
    pub(super) fn new(global: Global) -> Result<Self, Failure> {
        let given = global.words();
        let home = match &global.home {
            Some(home) => home.clone(),
            None => directories::ProjectDirs::from("", "", "takehome")
                .map(|dirs| dirs.data_dir().to_owned())
                .ok_or_else(|| {
                    Failure::usage("there is no home directory", "set TAKEHOME_HOME or give --home")
                })?,
        };
        // Relative paths would change their meaning with a child's working directory.
        let home = std::path::absolute(&home).unwrap_or(home);
        let Global { challenges: roots, runtime, quiet, .. } = global;
        Ok(Self { roots, home, runtime, quiet, given })
    }

    /// This program as hints have to write it, with what was given to say where things are.
    pub(super) fn program(&self) -> String {
        let words = self.given.iter().map(|word| format!(" {}", quoted(word)));
        format!("takehome{}", words.collect::<String>())
    }

    pub(super) fn challenge(&self, id: &str) -> Result<Challenge, Failure> {
        Ok(Challenge::find(&self.roots, id)?)
    }

    /// The records of this home, which have to be there.
    pub(super) async fn kept_records(&self) -> Result<Records, Failure> {
        if !Records::exist(&self.home) {
            return Err(Failure::usage(
                format!("there is no store in {}", self.home.display()),
                "grade something first; --home or TAKEHOME_HOME names another home",
            ));
        }
        self.records().await
    }

    /// The records of this home, made where there are none.
    #[tracing::instrument(name = "open the store", skip_all)]
    pub(super) async fn records(&self) -> Result<Records, Failure> {
        Ok(Records::open(&self.home).await?)
    }

    /// Connects to the engine and clears what an earlier, killed process left behind.
    #[tracing::instrument(name = "connect to the engine", skip_all)]
    pub(super) async fn engine(&self) -> Result<Arc<DockerSandbox>, Failure> {
        Ok(Arc::new(DockerSandbox::connect(self.runtime.as_deref()).await?))
    }

    /// For commands that need no engine: clears leftovers if one answers at once.
    pub(super) async fn sweep_if_possible(&self) {
        let _ = tokio::time::timeout(Duration::from_secs(5), DockerSandbox::connect(None)).await;
    }

    /// The images of a challenge, built first where they are missing.
    #[tracing::instrument(name = "look for the images", skip_all)]
    pub(super) async fn images(
        &self,
        sandbox: &DockerSandbox,
        challenge: &Challenge,
    ) -> Result<ImagePair, Failure> {
        let shown = progress::image_reporter(self.quiet);
        let provisioner = Provisioner::new(sandbox, &self.home, &shown)?;
        Ok(provisioner.for_challenge(challenge).await?)
    }
}

/// Tags of every image that the current recipes and the challenges name.
pub(super) fn current_tags(context: &Context, recipes: &Recipes) -> Vec<String> {
    let mut tags: Vec<String> = recipes.all().iter().map(|recipe| recipe.tag()).collect();
    // A challenge that cannot be read names no image.
    for (id, dir) in Challenge::ids(&context.roots).unwrap_or_default() {
        let Ok(challenge) = Challenge::load(&dir) else { continue };
        if let Ok(Some(generator)) = challenge.data_generator() {
            let data = recipes.with_data(&id, challenge.manifest.image, generator);
            tags.extend([data.data.tag(), data.candidate.tag(), data.judge.tag()]);
        }
    }
    tags
}

/// How many gradings run side by side: one a core, as far as the engine's memory goes.
pub(super) fn workers(asked: Option<usize>, facts: &EngineFacts, limits: &Limits) -> usize {
    const JUDGE_BYTES: u64 = 768 << 20;
    let per_grading = (limits.memory + JUDGE_BYTES) * limits.lanes as u64;
    let by_memory = (facts.memory_bytes / 10 * 8 / per_grading.max(1)).max(1);
    let fitting = usize::try_from(by_memory).unwrap_or(usize::MAX);
    asked.unwrap_or(facts.cpus).clamp(1, fitting)
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_are_quoted_where_a_shell_would_take_them_apart() {
        assert_eq!(quoted("--home=/tmp/a.b"), "--home=/tmp/a.b");
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("$(x)'"), r"'$(x)'\'''");
        assert_eq!(quoted(""), "''");
    }
}

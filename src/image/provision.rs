use std::{
    collections::HashMap,
    fs::File,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::{
    command::CommandError,
    recipe::{Arch, Recipe, Recipes},
    rootfs::{self, BaseManifest},
    wheels,
};
use crate::{
    challenge::{Challenge, ChallengeError, ImageKind},
    sandbox::{
        ImagePair, SandboxError,
        docker::{BuildStep, DockerSandbox, Images},
    },
};

/// A registry that has not sent the base by then is treated as absent.
const PULL: Duration = Duration::from_secs(300);

/// Why an image could not be made ready.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The engine.
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    /// A program on this machine.
    #[error("{action}: {source}")]
    Command {
        /// What was being done.
        action: &'static str,
        /// Why it failed.
        source: CommandError,
    },
    /// The engine's machine has a processor without recipes.
    #[error(
        "there are no images for the engine's processor {0:?}; x86_64 and aarch64 are supported"
    )]
    Arch(String),
    /// A file of ours could not be written.
    #[error("could not write {}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The generator of a challenge's data cannot be read.
    #[error(transparent)]
    Challenge(#[from] ChallengeError),
    /// `base.toml` is not valid.
    #[error("images/base/base.toml: {0}")]
    Manifest(#[from] toml::de::Error),
}

impl ImageError {
    /// What to do about it: one line with the exact command where there is one.
    pub fn remedy(&self) -> String {
        match self {
            Self::Command { source: CommandError::Missing(program), .. } => match program.as_str() {
                "mmdebstrap" => "no registry answers, so the base is built from Debian packages: run \
                                 `apt-get install mmdebstrap` as root"
                    .into(),
                "python3" => "run `apt-get install python3 python3-pip` as root".into(),
                other => format!("install {other}"),
            },
            Self::Command { source: CommandError::Failed { output, .. }, .. }
                if output.contains("No module named pip") =>
            {
                "run `apt-get install python3-pip` as root".into()
            }
            Self::Command { .. } => {
                "check that this machine reaches its package index and mirrors, then run `takehome image build`".into()
            }
            Self::Sandbox(_) => "run `takehome doctor`".into(),
            Self::Arch(_) => "set DOCKER_HOST to an engine on a supported machine".into(),
            Self::Io { .. } => "free some space or set TAKEHOME_HOME to a folder that can be written".into(),
            Self::Challenge(_) => "the challenge's author has to fix it".into(),
            Self::Manifest(_) => "report this: the program was built with a broken recipe".into(),
        }
    }
}

/// What a build is doing, for whoever shows it.
#[derive(Debug, Clone)]
pub enum Progress {
    /// A step of an image's build begins.
    Step {
        /// The image's short name.
        image: String,
        /// What is being done.
        text: String,
    },
    /// An image is there, built or found.
    Ready {
        /// The image's tag.
        tag: String,
        /// How long it took, when it was built now.
        built_in: Option<Duration>,
    },
}

/// Makes images ready: finds the ones that are there, builds the others.
pub struct Provisioner<'a> {
    images: Images,
    recipes: Recipes,
    home: PathBuf,
    progress: &'a (dyn Fn(Progress) + Send + Sync),
}

impl<'a> Provisioner<'a> {
    /// For the engine of `sandbox`; wheels are kept under `home`.
    ///
    /// # Errors
    /// [`ImageError::Arch`].
    pub fn new(
        sandbox: &DockerSandbox,
        home: &Path,
        progress: &'a (dyn Fn(Progress) + Send + Sync),
    ) -> Result<Self, ImageError> {
        let word = &sandbox.facts().arch;
        let arch = Arch::parse(word).ok_or_else(|| ImageError::Arch(word.clone()))?;
        Ok(Self {
            images: sandbox.images(),
            recipes: Recipes::new(arch),
            home: home.to_owned(),
            progress,
        })
    }

    /// The recipes in force.
    pub fn recipes(&self) -> &Recipes {
        &self.recipes
    }

    /// Makes the pair of a kind ready and returns its tags.
    ///
    /// # Errors
    /// [`ImageError`].
    pub async fn pair(&self, kind: ImageKind) -> Result<ImagePair, ImageError> {
        self.make(&[&self.recipes.judge, self.recipes.candidate(kind)]).await?;
        Ok(self.recipes.pair(kind))
    }

    /// Makes the image ready that makes mutants, and returns its tag.
    ///
    /// # Errors
    /// [`ImageError`].
    pub async fn mutator(&self) -> Result<String, ImageError> {
        self.make(&[&self.recipes.mutate]).await?;
        Ok(self.recipes.mutate.tag())
    }

    /// Builds those of `recipes` that are not there.
    async fn make(&self, recipes: &[&Recipe]) -> Result<(), ImageError> {
        let mut missing = Vec::new();
        for recipe in recipes {
            if !self.is_ready(recipe).await? {
                missing.push(*recipe);
            }
        }
        if !missing.is_empty() {
            let _turn = self.lock()?;
            self.base().await?;
            for recipe in missing {
                self.layered(recipe).await?;
            }
            self.images.prune_stages().await?;
        }
        Ok(())
    }

    /// Makes the images of a challenge ready, its generated data included, and returns their tags.
    ///
    /// # Errors
    /// [`ImageError`].
    pub async fn for_challenge(&self, challenge: &Challenge) -> Result<ImagePair, ImageError> {
        let manifest = &challenge.manifest;
        let pair = self.pair(manifest.image).await?;
        let Some(generator) = challenge.data_generator()? else { return Ok(pair) };
        let recipes = self.recipes.with_data(manifest.id.as_str(), manifest.image, generator);
        let tags = ImagePair { judge: recipes.judge.tag(), candidate: recipes.candidate.tag() };
        if self.is_ready(&recipes.judge).await? && self.is_ready(&recipes.candidate).await? {
            return Ok(tags);
        }
        let _turn = self.lock()?;
        let base = self.recipes.base.tag();
        self.data_step(&recipes.data, [("BASE", base.as_str())].into()).await?;
        let data = recipes.data.tag();
        for (recipe, parent, side) in [
            (&recipes.judge, &pair.judge, "private"),
            (&recipes.candidate, &pair.candidate, "public"),
        ] {
            let args = [("BASE", parent.as_str()), ("DATA", &data), ("SIDE", side)];
            self.data_step(recipe, args.into()).await?;
        }
        Ok(tags)
    }

    async fn data_step(
        &self,
        recipe: &Recipe,
        args: HashMap<&str, &str>,
    ) -> Result<(), ImageError> {
        if self.is_ready(recipe).await? {
            return Ok(());
        }
        let begun = Instant::now();
        let args = args.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        self.build(recipe, None, args).await?;
        self.ready(recipe, begun);
        Ok(())
    }

    /// Whether the image is there and is what its tag says.
    ///
    /// # Errors
    /// [`SandboxError`] when the engine does not answer.
    pub async fn is_ready(&self, recipe: &Recipe) -> Result<bool, SandboxError> {
        let found = self.images.find(&recipe.tag()).await?;
        Ok(found.is_some_and(|image| image.content == Some(recipe.content.to_string())))
    }

    async fn base(&self) -> Result<(), ImageError> {
        let recipe = &self.recipes.base;
        if self.is_ready(recipe).await? {
            return Ok(());
        }
        let begun = Instant::now();
        let manifest = BaseManifest::embedded()?;
        let root = self.root(&manifest).await?;
        self.build(recipe, None, HashMap::from([("ROOTFS".into(), root)])).await?;
        self.ready(recipe, begun);
        Ok(())
    }

    /// The root that the base stands on: the registry's Python image, or Debian's packages.
    async fn root(&self, manifest: &BaseManifest) -> Result<String, ImageError> {
        let recipe = &self.recipes.rootfs;
        if self.is_ready(recipe).await? {
            return Ok(recipe.tag());
        }
        self.step(recipe, format!("asking the registry for {}", manifest.registry_image));
        let have = self.images.find(&manifest.registry_image).await?.is_some();
        if have || self.images.pull(&manifest.registry_image, PULL).await.is_ok() {
            return Ok(manifest.registry_image.clone());
        }
        self.step(recipe, "no registry answers; unpacking Debian packages with mmdebstrap".into());
        let dir = self.temp()?;
        let tar = rootfs::bootstrap(manifest, self.recipes.arch, dir.path())
            .await
            .map_err(|source| ImageError::Command { action: "could not build the base", source })?;
        self.build_from(recipe, HashMap::new(), |path| rootfs::write_context(&tar, path)).await?;
        Ok(recipe.tag())
    }

    /// An image on the base: wheels and our packages.
    async fn layered(&self, recipe: &Recipe) -> Result<(), ImageError> {
        if self.is_ready(recipe).await? {
            return Ok(());
        }
        let begun = Instant::now();
        self.step(recipe, "fetching wheels".into());
        let cache = self.home.join("cache").join("wheels");
        let wheels =
            wheels::fetch(&recipe.locks, self.recipes.arch, &cache).await.map_err(|source| {
                ImageError::Command { action: "could not fetch the libraries", source }
            })?;
        let base = HashMap::from([("BASE".into(), self.recipes.base.tag())]);
        self.build(recipe, Some(&wheels), base).await?;
        self.ready(recipe, begun);
        Ok(())
    }

    async fn build(
        &self,
        recipe: &Recipe,
        wheels: Option<&Path>,
        args: HashMap<String, String>,
    ) -> Result<(), ImageError> {
        self.build_from(recipe, args, |path| write_context(recipe, wheels, path)).await
    }

    /// Builds a recipe's image of the context that `write` puts into a file.
    async fn build_from(
        &self,
        recipe: &Recipe,
        args: HashMap<String, String>,
        write: impl FnOnce(&Path) -> std::io::Result<()>,
    ) -> Result<(), ImageError> {
        self.step(recipe, "building".into());
        let dir = self.temp()?;
        let context = dir.path().join("context.tar");
        write(&context).map_err(|source| ImageError::Io { path: context.clone(), source })?;
        let step = BuildStep {
            tag: &recipe.tag(),
            context: &context,
            args,
            labels: Images::labels(&recipe.name, &recipe.content.to_string()),
        };
        let report = |line: &str| {
            if line.starts_with("Step ") {
                self.step(recipe, line.to_owned());
            }
        };
        Ok(self.images.build(step, report).await?)
    }

    fn step(&self, recipe: &Recipe, text: String) {
        (self.progress)(Progress::Step { image: recipe.name.clone(), text });
    }

    fn ready(&self, recipe: &Recipe, begun: Instant) {
        (self.progress)(Progress::Ready { tag: recipe.tag(), built_in: Some(begun.elapsed()) });
    }

    fn temp(&self) -> Result<tempfile::TempDir, ImageError> {
        let cache = self.home.join("cache");
        let io = |source| ImageError::Io { path: cache.clone(), source };
        std::fs::create_dir_all(&cache).map_err(io)?;
        tempfile::tempdir_in(&cache).map_err(io)
    }

    /// Two processes do not build the same image twice.
    fn lock(&self) -> Result<File, ImageError> {
        let path = self.home.join("images.lock");
        let io = |source| ImageError::Io { path: path.clone(), source };
        std::fs::create_dir_all(&self.home).map_err(io)?;
        let file = File::create(&path).map_err(io)?;
        tokio::task::block_in_place(|| file.lock()).map_err(io)?;
        Ok(file)
    }
}

/// The context as a tar whose bytes depend on its content only.
fn write_context(recipe: &Recipe, wheels: Option<&Path>, path: &Path) -> std::io::Result<()> {
    let mut tar = tar::Builder::new(std::io::BufWriter::new(File::create(path)?));
    for (name, bytes) in &recipe.files {
        rootfs::append(&mut tar, name, bytes.len() as u64, bytes.as_ref())?;
    }
    if let Some(wheels) = wheels {
        let mut files: Vec<_> = std::fs::read_dir(wheels)?.collect::<Result<_, _>>()?;
        files.sort_by_key(std::fs::DirEntry::file_name);
        for file in files {
            let name = format!("wheels/{}", file.file_name().to_string_lossy());
            rootfs::append(&mut tar, &name, file.metadata()?.len(), File::open(file.path())?)?;
        }
        if let Some(lock) = recipe.locks.first() {
            let bytes = super::sources::file(lock);
            rootfs::append(&mut tar, "wheels/requirements.lock", bytes.len() as u64, bytes)?;
        }
    }
    use std::io::Write as _;
    tar.into_inner()?.flush()
}

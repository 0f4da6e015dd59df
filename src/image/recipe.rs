use std::{borrow::Cow, fmt::Write as _};

use super::sources;
use crate::{challenge::ImageKind, domain::Digest, sandbox::ImagePair};

/// Processor of the engine's machine, which need not be this one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arch {
    /// 64-bit x86.
    X86_64,
    /// 64-bit Arm.
    Aarch64,
}

impl Arch {
    /// From the engine's or Go's word for it.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "x86_64" | "amd64" => Some(Self::X86_64),
            "aarch64" | "arm64" => Some(Self::Aarch64),
            _ => None,
        }
    }

    /// The word in the tags of wheels (PEP 600).
    pub fn wheel_tag(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Aarch64 => "aarch64",
        }
    }

    /// Debian's word.
    pub fn debian(self) -> &'static str {
        match self {
            Self::X86_64 => "amd64",
            Self::Aarch64 => "arm64",
        }
    }
}

/// What one image is made of. Two equal contents have one tag, on whatever machine.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// Short name: `base`, `candidate-core`, `judge`.
    pub name: String,
    /// Digest of everything below and of the recipe it stands on.
    pub content: Digest,
    /// The build context's files, without the wheels.
    pub files: Vec<SourceFile>,
    /// Hashed locks whose wheels belong into the context.
    pub locks: Vec<&'static str>,
}

/// A file of a build context: its path there and its bytes.
pub type SourceFile = (String, Cow<'static, [u8]>);

/// The images of a challenge with large inputs.
#[derive(Debug, Clone)]
pub struct DataRecipes {
    /// Runs the generator; stays on the engine, no container is ever made of it.
    pub data: Recipe,
    /// The candidate's image with the public side at /data.
    pub candidate: Recipe,
    /// The judge's image with the private side at /data.
    pub judge: Recipe,
}

impl Recipe {
    fn new(
        name: impl Into<String>,
        arch: Arch,
        parent: Option<&Recipe>,
        files: Vec<SourceFile>,
        locks: Vec<&'static str>,
        extra: &[&str],
    ) -> Self {
        let name = name.into();
        let mut content = format!("takehome image 1\n{name}\n{}\n", arch.wheel_tag());
        if let Some(parent) = parent {
            let _ = writeln!(content, "on {}", parent.content);
        }
        let inputs = files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_ref()));
        let others = locks.iter().chain(extra).map(|path| (*path, sources::file(path)));
        for (path, bytes) in inputs.chain(others) {
            let _ = writeln!(content, "{path} {}", Digest::of(bytes));
        }
        Self { content: Digest::of(content.as_bytes()), name, files, locks }
    }

    /// Repository part of the tag.
    pub fn repo(&self) -> String {
        format!("takehome-{}", self.name)
    }

    /// Version part of the tag: the content.
    pub fn version(&self) -> String {
        self.content.short(12)
    }

    /// The whole tag.
    pub fn tag(&self) -> String {
        format!("{}:{}", self.repo(), self.version())
    }
}

/// All recipes for one processor.
#[derive(Debug, Clone)]
pub struct Recipes {
    /// The processor.
    pub arch: Arch,
    /// Debian's root, made only where no registry answers.
    pub rootfs: Recipe,
    /// The interpreter.
    pub base: Recipe,
    /// The trusted side.
    pub judge: Recipe,
    /// Makes mutants of references.
    pub mutate: Recipe,
    core: Recipe,
    data: Recipe,
    web: Recipe,
}

impl Recipes {
    /// The recipes that this program carries.
    pub fn new(arch: Arch) -> Self {
        let rootfs = Recipe::new(
            "rootfs",
            arch,
            None,
            vec![],
            vec![],
            &["base/base.toml", "base/finish.sh"],
        );
        let dockerfile = |path: &str| vec![named("Dockerfile", sources::file(path))];
        let base =
            Recipe::new("base", arch, Some(&rootfs), dockerfile("base/Dockerfile"), vec![], &[]);
        let candidate = |kind: ImageKind, lock: &'static str| {
            let mut files = dockerfile("core/Dockerfile");
            files.extend(packages(&["agent/takehome_wire", "agent/takehome_agent"]));
            // Beside the packages, so that it takes no step of its own.
            files.push(named(
                "packages/takehome_no_authority.pem",
                sources::file("core/no_authority.pem"),
            ));
            let name = format!("candidate-{}", kind.as_str());
            Recipe::new(name, arch, Some(&base), files, vec![lock, "base/installer.lock"], &[])
        };
        let mut judge_files = dockerfile("judge/Dockerfile");
        judge_files.extend(packages(&["agent/takehome_wire", "judge/takehome_pytest"]));
        let mut mutate_files = dockerfile("mutate/Dockerfile");
        mutate_files.extend(packages(&["agent/takehome_wire", "mutate/takehome_mutate"]));
        let mutate_locks = vec!["mutate/requirements.lock", "base/installer.lock"];
        let judge_locks = vec!["judge/requirements.lock", "base/installer.lock"];
        Self {
            arch,
            core: candidate(ImageKind::Core, "core/requirements.lock"),
            data: candidate(ImageKind::Data, "data/requirements.lock"),
            web: candidate(ImageKind::Web, "web/requirements.lock"),
            judge: Recipe::new("judge", arch, Some(&base), judge_files, judge_locks, &[]),
            mutate: Recipe::new("mutate", arch, Some(&base), mutate_files, mutate_locks, &[]),
            rootfs,
            base,
        }
    }

    /// The candidate's image of a kind.
    pub fn candidate(&self, kind: ImageKind) -> &Recipe {
        match kind {
            ImageKind::Core => &self.core,
            ImageKind::Data => &self.data,
            ImageKind::Web => &self.web,
        }
    }

    /// The tags of the pair that a challenge of this kind runs.
    pub fn pair(&self, kind: ImageKind) -> ImagePair {
        ImagePair { judge: self.judge.tag(), candidate: self.candidate(kind).tag() }
    }

    /// The images of a challenge whose manifest names a generator, given the generator's text. It
    /// runs on the bare base, so that a change of our packages does not make the data anew.
    pub fn with_data(&self, id: &str, kind: ImageKind, generator: Vec<u8>) -> DataRecipes {
        let dockerfile = |path: &str| named("Dockerfile", sources::file(path));
        let files = vec![
            dockerfile("data-set/generate.Dockerfile"),
            ("make_data.py".into(), generator.into()),
        ];
        let data =
            Recipe::new(format!("data-set-{id}"), self.arch, Some(&self.base), files, vec![], &[]);
        let side = |name: String, parent: &Recipe| {
            let files = vec![
                dockerfile("data-set/attach.Dockerfile"),
                // Part of the content only: the tag has to change with the data.
                ("data.content".into(), data.content.to_string().into_bytes().into()),
            ];
            Recipe::new(name, self.arch, Some(parent), files, vec![], &[])
        };
        DataRecipes {
            candidate: side(format!("candidate-{id}"), self.candidate(kind)),
            judge: side(format!("judge-{id}"), &self.judge),
            data,
        }
    }

    /// Every image that gradings and verification can use, and those they stand on.
    pub fn all(&self) -> [&Recipe; 7] {
        [&self.rootfs, &self.base, &self.judge, &self.core, &self.data, &self.web, &self.mutate]
    }
}

fn named(path: &str, bytes: &'static [u8]) -> SourceFile {
    (path.to_owned(), Cow::Borrowed(bytes))
}

fn packages(paths: &[&str]) -> Vec<SourceFile> {
    paths
        .iter()
        .flat_map(|path| sources::package(path))
        .map(|(path, bytes)| named(&format!("packages/{path}"), bytes))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_content_has_the_same_tag_and_another_processor_another() {
        let here = Recipes::new(Arch::X86_64);
        assert_eq!(here.judge.tag(), Recipes::new(Arch::X86_64).judge.tag());
        assert_ne!(here.judge.tag(), Recipes::new(Arch::Aarch64).judge.tag());
        let mut tags: Vec<_> = here.all().iter().map(|recipe| recipe.tag()).collect();
        tags.dedup();
        assert_eq!(tags.len(), 7);
    }

    #[test]
    fn candidates_hold_the_agent_and_never_the_plugin() {
        let recipes = Recipes::new(Arch::X86_64);
        for kind in [ImageKind::Core, ImageKind::Data, ImageKind::Web] {
            let files = &recipes.candidate(kind).files;
            assert!(files.iter().any(|(path, _)| path.contains("takehome_agent")));
            assert!(files.iter().all(|(path, _)| !path.contains("takehome_pytest")));
        }
    }
}

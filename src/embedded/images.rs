use include_dir::{Dir, include_dir};

static IMAGES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/images");

/// One file under `images/`, embedded when the program was built.
pub fn file(path: &str) -> &'static [u8] {
    IMAGES.get_file(path).map_or(&[], include_dir::File::contents)
}

/// The source files of a Python package under `images/`, as paths below its parent folder, sorted.
pub fn package(path: &str) -> Vec<(String, &'static [u8])> {
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    let mut files = Vec::new();
    if let Some(dir) = IMAGES.get_dir(path) {
        collect(dir, parent, &mut files);
    }
    files.sort();
    files
}

fn collect(dir: &'static Dir<'static>, parent: &str, files: &mut Vec<(String, &'static [u8])>) {
    for file in dir.files() {
        let path = file.path();
        let source = path.extension().is_some_and(|extension| extension == "py")
            || path.file_name().is_some_and(|name| name == "py.typed");
        if let (true, Ok(below)) = (source, path.strip_prefix(parent)) {
            files.push((below.display().to_string(), file.contents()));
        }
    }
    for sub in dir.dirs() {
        collect(sub, parent, files);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_a_recipe_names_is_embedded() {
        for path in [
            "base/Dockerfile",
            "base/base.toml",
            "base/finish.sh",
            "base/installer.lock",
            "core/Dockerfile",
            "core/no_authority.pem",
            "core/requirements.lock",
            "data/requirements.lock",
            "web/requirements.lock",
            "data-set/generate.Dockerfile",
            "data-set/attach.Dockerfile",
            "judge/Dockerfile",
            "judge/requirements.lock",
            "mutate/Dockerfile",
            "mutate/requirements.lock",
        ] {
            assert!(!file(path).is_empty(), "{path} is missing or empty");
        }
        for path in [
            "agent/takehome_agent",
            "agent/takehome_wire",
            "judge/takehome_pytest",
            "mutate/takehome_mutate",
        ] {
            let files = package(path);
            let name = path.rsplit('/').next().expect("a name");
            assert!(files.iter().any(|(file, _)| *file == format!("{name}/__init__.py")), "{path}");
            assert!(files.iter().all(|(file, _)| !file.contains("__pycache__")));
        }
    }
}

//! What every submission has left out, silently.
//!
//! These are by-products of the candidate's machine, not parts of a solution. A folder or a git
//! checkout has them beside the sources, an archive made by a careful tool has not: leaving them
//! out is what makes the same solution the same submission. It also keeps bytes away that would
//! otherwise run or be consulted without anyone reading them: hooks and `fsmonitor` settings in
//! `.git`, bytecode that shadows its source, the start-up files of a virtual environment. The
//! rule is the same for all kinds of sources and does not look at the content.

/// Whatever it is: file, folder or link. (`.git` is a file in worktrees and submodules.)
const ANY: [&str; 2] = [".git", ".DS_Store"];

/// Folders and links; a regular file of such a name may well be a part of the solution.
const FOLDERS: [&str; 11] = [
    "__pycache__",
    "__MACOSX",
    ".venv",
    "venv",
    "node_modules",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".idea",
    ".vscode",
    // The plugin that candidates' packages carry, so that visible tests run on a laptop.
    ".takehome",
];

/// The rule by which an entry with this component is left out, if there is one.
///
/// `is_file`: the component is a regular file's own name, not a folder's.
pub(super) fn rule(component: &[u8], is_file: bool) -> Option<&'static str> {
    let named =
        |names: &[&'static str]| names.iter().copied().find(|name| name.as_bytes() == component);
    if let Some(rule) = named(&ANY) {
        return Some(rule);
    }
    if !is_file {
        return named(&FOLDERS)
            .or_else(|| component.ends_with(b".egg-info").then_some("*.egg-info"));
    }
    if component.ends_with(b".pyc") {
        return Some("*.pyc");
    }
    // AppleDouble: macOS's tar puts the attributes of `x` into `._x` beside it.
    component.starts_with(b"._").then_some("._*")
}

#[cfg(test)]
mod tests {
    use super::rule;

    #[test]
    fn by_products_are_left_out_and_files_of_such_names_are_kept() {
        for folder in
            [".git", "__pycache__", ".venv", "venv", "node_modules", "__MACOSX", ".takehome"]
        {
            assert_eq!(rule(folder.as_bytes(), false), Some(folder));
        }
        assert_eq!(rule(b"courier.egg-info", false), Some("*.egg-info"));
        assert_eq!(rule(b".git", true), Some(".git"));
        assert_eq!(rule(b".DS_Store", true), Some(".DS_Store"));
        assert_eq!(rule(b"a.pyc", true), Some("*.pyc"));
        assert_eq!(rule(b"._main.py", true), Some("._*"));

        for kept in ["venv", "node_modules", "main.py", ".gitignore", ".env", "__init__.py"] {
            assert_eq!(rule(kept.as_bytes(), true), None, "{kept}");
        }
        for kept in ["src", "git", "VENV", ".github", "a.pyc", "takehome", ".takehome.d"] {
            assert_eq!(rule(kept.as_bytes(), false), None, "{kept}");
        }
    }
}

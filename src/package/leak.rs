//! Something hidden in a package.
//!
//! What the program itself adds cannot hold any of it; what the author wrote can, by a copy in the
//! wrong folder. Both sides share text on purpose, too: the reference grows out of the starter,
//! visible tests use the helpers of hidden ones, and the README states every rule. So what counts
//! is [`PASSAGE`] lines in a row that the other side has no reason to share, and three things that
//! are never shared: a canary, the name of a hidden test, and the larger part of a file.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    fmt,
};

use super::{
    lines::{self, Line, telling},
    parts::{Entry, Origin},
    secrets::Secrets,
    tree::Files,
};

/// So many telling lines in a row are no coincidence.
const PASSAGE: usize = 3;
/// A shorter name says nothing about a case.
const LEAST_NAME_CHARS: usize = 12;
/// Starts a word that an author puts into hidden files to find them elsewhere.
const CANARY: &str = "CANARY-";

/// A place in what candidates get that holds something hidden.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leak {
    /// The file in the challenge's folder.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What it holds.
    pub what: String,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} holds {}", self.file, self.line, self.what)
    }
}

/// Leaks in one line of text.
pub(super) fn list(leaks: &[Leak]) -> String {
    const SHOWN: usize = 3;
    let shown: Vec<String> = leaks.iter().take(SHOWN).map(ToString::to_string).collect();
    let more = leaks.len().saturating_sub(SHOWN);
    let more = if more == 0 { String::new() } else { format!("; and {more} more") };
    format!("{}{more}", shown.join("; "))
}

/// Everything hidden that these entries hold, by file and line.
pub(super) fn find(entries: &BTreeMap<String, Entry>, secrets: &Secrets) -> Vec<Leak> {
    let written = |wanted: Origin| -> Files {
        entries
            .iter()
            .filter(|(_, entry)| entry.origin == wanted)
            .map(|(path, entry)| (path.clone(), entry.data.clone()))
            .collect()
    };
    let sides = Sides {
        readme: written(Origin::Readme),
        starter: under("starter", &written(Origin::Starter), |_| true),
        visible: written(Origin::Visible),
    };
    let mut leaks = BTreeSet::new();
    sides.canaries(&mut leaks);
    sides.names(secrets, &mut leaks);
    sides.passages(secrets, &mut leaks);
    sides.hidden_files(secrets, &mut leaks);
    sides.solutions(secrets, &mut leaks);
    leaks.into_iter().collect()
}

/// What the author wrote for candidates, by paths in the challenge's folder.
struct Sides {
    readme: Files,
    starter: Files,
    visible: Files,
}

impl Sides {
    fn canaries(&self, leaks: &mut BTreeSet<Leak>) {
        for (path, data) in self.readme.iter().chain(&self.starter).chain(&self.visible) {
            for (index, line) in String::from_utf8_lossy(data).lines().enumerate() {
                if line.contains(CANARY) {
                    let what = format!("a canary (a word with {CANARY}), which marks hidden files");
                    leaks.insert(Leak { file: path.clone(), line: index + 1, what });
                }
            }
        }
    }

    /// A test's name tells its case. A visible test may be called as a hidden one.
    fn names(&self, secrets: &Secrets, leaks: &mut BTreeSet<Leak>) {
        let visible: HashSet<String> =
            self.visible.values().flat_map(|data| lines::test_names(data)).collect();
        let hidden: HashSet<String> = secrets
            .hidden
            .iter()
            .filter(|(path, _)| lines::is_test_file(path))
            .flat_map(|(_, data)| lines::test_names(data))
            .filter(|name| name.len() >= LEAST_NAME_CHARS && !visible.contains(name))
            .collect();
        let is_name = |char: char| char.is_alphanumeric() || char == '_';
        for (path, data) in self.readme.iter().chain(&self.starter) {
            for (index, line) in String::from_utf8_lossy(data).lines().enumerate() {
                for word in line.split(|char| !is_name(char)).filter(|word| hidden.contains(*word))
                {
                    let what = format!("the name of the hidden test {word}");
                    leaks.insert(Leak { file: path.clone(), line: index + 1, what });
                }
            }
        }
    }

    fn passages(&self, secrets: &Secrets, leaks: &mut BTreeSet<Leak>) {
        let of_starter = lines::keys(self.starter.values());
        let of_visible = lines::keys(self.visible.values());
        // The README shows examples, and hidden data may well be one of them.
        let code = under("tests/hidden", &secrets.hidden, |path| path.ends_with(".py"));
        let tests = under("tests/hidden", &secrets.hidden, lines::is_test_file);
        let mut solutions = under("reference", &secrets.reference, |_| true);
        solutions.extend(under("samples", &secrets.samples, |_| true));

        let solved = Passages::of(&solutions, &of_starter);
        Passages::of(&code, &of_visible).look_into(&self.readme, leaks);
        // Helpers may know the interface that the starter lays down.
        Passages::of(&tests, &of_visible).look_into(&self.starter, leaks);
        solved.look_into(&self.readme, leaks);
        solved.look_into(&self.visible, leaks);
    }

    /// Visible tests may share lines with hidden ones, and the starter with hidden helpers, but no
    /// hidden file lies there, unless it has the same name on both sides.
    fn hidden_files(&self, secrets: &Secrets, leaks: &mut BTreeSet<Leak>) {
        let same = |path: &str| {
            let mut public = self.starter.keys().chain(self.visible.keys());
            public.any(|other| last(other) == last(path))
        };
        for (path, data) in &secrets.hidden {
            let files = match lines::is_test_file(path) {
                true => &self.visible,
                false if same(path) => continue,
                false => &self.starter,
            };
            let wanted = telling(data);
            for file in files {
                if let Some((file, line)) = holds(&[file], &wanted, 50) {
                    let what = format!("at least half of tests/hidden/{path}");
                    leaks.insert(Leak { file, line, what });
                }
            }
        }
    }

    /// The starter may share files with the reference, but is no solution.
    fn solutions(&self, secrets: &Secrets, leaks: &mut BTreeSet<Leak>) {
        let starter: Vec<_> = self.starter.iter().collect();
        for (folder, files) in secrets.solutions() {
            let wanted: Vec<Line> = files.values().flat_map(|data| telling(data)).collect();
            if let Some((file, line)) = holds(&starter, &wanted, 90) {
                let what = format!("nearly all of {folder}, so it is a solution");
                leaks.insert(Leak { file, line, what });
            }
        }
    }
}

/// The first line in `files` of those `wanted`, if they hold that share of them, per cent.
fn holds(
    files: &[(&String, &Vec<u8>)],
    wanted: &[Line],
    percent: usize,
) -> Option<(String, usize)> {
    let wanted: HashSet<&str> = wanted.iter().map(|line| line.key.as_str()).collect();
    let found = lines::keys(files.iter().map(|(_, data)| *data));
    let shared = wanted.iter().filter(|key| found.contains(**key)).count();
    if wanted.len() < PASSAGE || shared * 100 < wanted.len() * percent {
        return None;
    }
    files.iter().find_map(|(path, data)| {
        let line = telling(data).into_iter().find(|line| wanted.contains(line.key.as_str()))?;
        Some(((*path).clone(), line.number))
    })
}

/// Every [`PASSAGE`] telling lines in a row of some hidden files, with where they start.
struct Passages<'a> {
    starts: HashMap<Vec<String>, (String, usize)>,
    public: &'a HashSet<String>,
}

impl<'a> Passages<'a> {
    /// Lines that are `public` are no part of any passage.
    fn of(files: &Files, public: &'a HashSet<String>) -> Self {
        let mut starts = HashMap::new();
        for (path, data) in files {
            for window in Self::private(data, public).windows(PASSAGE) {
                let place = (path.clone(), window[0].number);
                starts.entry(keys(window)).or_insert(place);
            }
        }
        Self { starts, public }
    }

    /// The first passage in each of these files.
    fn look_into(&self, files: &Files, leaks: &mut BTreeSet<Leak>) {
        for (path, data) in files {
            for window in Self::private(data, self.public).windows(PASSAGE) {
                if let Some((source, at)) = self.starts.get(&keys(window)) {
                    let what = format!("lines of {source} (from line {at})");
                    leaks.insert(Leak { file: path.clone(), line: window[0].number, what });
                    break;
                }
            }
        }
    }

    fn private(data: &[u8], public: &HashSet<String>) -> Vec<Line> {
        telling(data).into_iter().filter(|line| !public.contains(&line.key)).collect()
    }
}

/// Those of `files` that are wanted, by their path in the challenge's folder.
fn under(folder: &str, files: &Files, wanted: impl Fn(&str) -> bool) -> Files {
    files
        .iter()
        .filter(|(path, _)| wanted(path))
        .map(|(path, data)| (format!("{folder}/{path}"), data.clone()))
        .collect()
}

fn keys(window: &[Line]) -> Vec<String> {
    window.iter().map(|line| line.key.clone()).collect()
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

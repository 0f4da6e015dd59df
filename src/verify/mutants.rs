use std::collections::{BTreeMap, BTreeSet};

use rand::{SeedableRng as _, rngs::StdRng, seq::SliceRandom as _};
use serde::Serialize;

use crate::{run::RawMutants, submission::Submission};

/// Caps on what the container may say of one mutant.
const MAX_TEXT: usize = 64 << 10;
const MAX_OPERATOR: usize = 100;

/// The reference with one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mutant {
    /// The file, from the reference's root.
    pub file: String,
    /// The first line that it changes, from 1.
    pub line: usize,
    /// The operator that made it, such as `core/NumberReplacer`.
    pub operator: String,
    /// The lines that it changes.
    pub original: String,
    /// What it makes of them; empty where it removes them.
    pub mutated: String,
    /// The line above them that is not blank; empty where there is none.
    pub after: String,
    #[serde(skip)]
    changed: usize,
    #[serde(skip)]
    removes: bool,
}

/// The files of a reference that are mutated: its Python files without its tests, and without
/// those that candidates get as they are.
pub fn mutated_files(reference: &Submission, starter: Option<&Submission>) -> Vec<String> {
    let given = |path: &str| {
        starter.is_some_and(|starter| {
            starter.read(path).is_some_and(|text| reference.read(path) == Some(text))
        })
    };
    reference
        .files
        .iter()
        .map(|file| &file.path)
        .filter(|path| path.ends_with(".py") && !is_test(path) && !given(path))
        .cloned()
        .collect()
}

fn is_test(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    folders.split('/').any(|folder| matches!(folder, "test" | "tests"))
        || name.starts_with("test_")
        || name.ends_with("_test.py")
        || name == "conftest.py"
}

impl Mutant {
    /// The mutants that came out of the container, each compared with the reference's own lines.
    ///
    /// # Errors
    /// In words, when one of them is no change of a file that was to be mutated.
    pub fn check(
        raw: RawMutants,
        files: &[String],
        reference: &Submission,
    ) -> Result<Vec<Self>, String> {
        let texts: BTreeMap<&str, String> = files
            .iter()
            .filter_map(|file| {
                Some((file.as_str(), String::from_utf8(reference.read(file)?).ok()?))
            })
            .collect();
        let mut mutants = Vec::new();
        for frame in raw.mutants {
            let text = texts.get(frame.file.as_str());
            let text = text.ok_or("it names a file that was not to be mutated")?;
            let lines: Vec<&str> = text.split('\n').collect();
            let there = frame
                .line
                .checked_sub(1)
                .and_then(|first| lines.get(first..first.checked_add(frame.original.len())?));
            if frame.original.is_empty() || there.is_none_or(|lines| lines != frame.original) {
                return Err(format!("it changes lines that {} does not have", frame.file));
            }
            let size: usize = frame.original.iter().chain(&frame.mutated).map(String::len).sum();
            let named = !frame.operator.is_empty()
                && frame.operator.len() <= MAX_OPERATOR
                && frame.operator.bytes().all(|byte| byte.is_ascii_graphic());
            if size > MAX_TEXT || !named || frame.original == frame.mutated {
                return Err(format!("it is no mutant of {}:{}", frame.file, frame.line));
            }
            let above = lines[..frame.line - 1].iter().rev().find(|line| !line.trim().is_empty());
            mutants.push(Self {
                after: above.map(|line| line.trim().to_owned()).unwrap_or_default(),
                changed: frame.original.len(),
                removes: frame.mutated.is_empty(),
                original: frame.original.join("\n"),
                mutated: frame.mutated.join("\n"),
                file: frame.file,
                line: frame.line,
                operator: frame.operator,
            });
        }
        Ok(mutants)
    }

    /// Where it is, for people.
    pub fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }

    /// The reference with this change, named by its place.
    pub fn apply(&self, reference: &Submission) -> Submission {
        let text = reference.read(&self.file).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let mut lines: Vec<&str> = text.split('\n').collect();
        let range = self.line - 1..self.line - 1 + self.changed;
        let new = if self.removes { Vec::new() } else { self.mutated.split('\n').collect() };
        lines.splice(range, new);
        reference.with_file(&self.place(), &self.file, lines.join("\n").into_bytes())
    }

    /// The operator without the pair that it replaces: there are eleven for each comparison.
    fn family(&self) -> &str {
        self.operator.split('_').next().unwrap_or_default()
    }
}

/// `count` of `mutants`, drawn by `seed` and spread: in turn from each pair of file and kind of
/// operator, and there from the line that has given the fewest so far.
pub fn sample(mutants: Vec<Mutant>, count: usize, seed: u64) -> Vec<Mutant> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut kinds: BTreeMap<(String, String), Vec<Mutant>> = BTreeMap::new();
    for mutant in mutants {
        let kind = (mutant.file.clone(), mutant.family().to_owned());
        kinds.entry(kind).or_default().push(mutant);
    }
    let mut kinds: Vec<Vec<Mutant>> = kinds.into_values().collect();
    kinds.shuffle(&mut rng);
    kinds.iter_mut().for_each(|kind| kind.shuffle(&mut rng));
    let mut drawn: Vec<Mutant> = Vec::new();
    let mut of_line: BTreeMap<(String, usize), usize> = BTreeMap::new();
    while drawn.len() < count && kinds.iter().any(|kind| !kind.is_empty()) {
        for kind in &mut kinds {
            let line = |mutant: &Mutant| (mutant.file.clone(), mutant.line);
            let fewest = (0..kind.len())
                .min_by_key(|index| of_line.get(&line(&kind[*index])).copied().unwrap_or(0));
            let Some(index) = fewest.filter(|_| drawn.len() < count) else { continue };
            let mutant = kind.swap_remove(index);
            *of_line.entry(line(&mutant)).or_default() += 1;
            drawn.push(mutant);
        }
    }
    drawn.sort_by(|a, b| {
        (&a.file, a.line, &a.operator, &a.mutated).cmp(&(&b.file, b.line, &b.operator, &b.mutated))
    });
    drawn
}

/// How many files and kinds of operators `mutants` have.
pub fn spread(mutants: &[Mutant]) -> (usize, usize) {
    let files: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.file.as_str()).collect();
    let kinds: BTreeSet<&str> = mutants.iter().map(Mutant::family).collect();
    (files.len(), kinds.len())
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{submission::IntakeLimits, wire::MutantFrame};

    pub(in crate::verify) fn submission(files: &[(&str, &str)]) -> Submission {
        let dir = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = dir.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        Submission::open(dir.path(), &IntakeLimits::default()).expect("a submission")
    }

    fn frame(file: &str, line: usize, original: &[&str], mutated: &[&str]) -> MutantFrame {
        let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
        MutantFrame {
            file: file.into(),
            line,
            operator: "core/NumberReplacer".into(),
            original: owned(original),
            mutated: owned(mutated),
        }
    }

    fn check(frames: Vec<MutantFrame>, reference: &Submission) -> Result<Vec<Mutant>, String> {
        let raw = RawMutants { mutants: frames, ..RawMutants::default() };
        Mutant::check(raw, &["a.py".to_owned()], reference)
    }

    #[test]
    fn a_mutant_is_the_reference_with_other_lines() {
        let reference = submission(&[("a.py", "one\r\ntwo\nthree\n"), ("b.py", "b")]);
        let frames = vec![
            frame("a.py", 2, &["two"], &["2", "too"]),
            frame("a.py", 1, &["one\r"], &[]),
            frame("a.py", 4, &[""], &["four"]),
        ];
        let texts: Vec<String> = check(frames, &reference)
            .expect("mutants")
            .iter()
            .map(|mutant| mutant.apply(&reference))
            .map(|mutated| {
                assert_eq!(mutated.read("b.py").expect("the other file"), b"b");
                String::from_utf8(mutated.read("a.py").expect("the file")).expect("UTF-8")
            })
            .collect();
        assert_eq!(texts, ["one\r\n2\ntoo\nthree\n", "two\nthree\n", "one\r\ntwo\nthree\nfour"]);
    }

    #[test]
    fn what_is_no_change_of_the_reference_is_refused() {
        let reference = submission(&[("a.py", "one\ntwo"), ("b.py", "b")]);
        let mut long = frame("a.py", 1, &["one"], &["x"]);
        long.mutated[0] = "x".repeat(MAX_TEXT);
        let mut unnamed = frame("a.py", 1, &["one"], &["x"]);
        unnamed.operator = "\u{1b}[2J".into();
        for wrong in [
            frame("b.py", 1, &["b"], &["c"]),
            frame("../a.py", 1, &["one"], &["x"]),
            frame("a.py", 0, &["one"], &["x"]),
            frame("a.py", 2, &["one"], &["x"]),
            frame("a.py", 2, &["two", ""], &["x"]),
            frame("a.py", usize::MAX, &["two"], &["x"]),
            frame("a.py", 1, &[], &["x"]),
            frame("a.py", 1, &["one"], &["one"]),
            long,
            unnamed,
        ] {
            assert!(check(vec![wrong.clone()], &reference).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn tests_and_what_candidates_get_are_not_mutated() {
        let reference = submission(&[
            ("pkg/a.py", "a = 1"),
            ("pkg/given.py", "x = 1"),
            ("pkg/changed.py", "x = 2"),
            ("pkg/test_a.py", ""),
            ("pkg/a_test.py", ""),
            ("tests/helper.py", ""),
            ("conftest.py", ""),
            ("data.json", "{}"),
            ("latest/b.py", ""),
        ]);
        let starter = submission(&[("pkg/given.py", "x = 1"), ("pkg/changed.py", "x = 1")]);
        let files = mutated_files(&reference, Some(&starter));
        assert_eq!(files, ["latest/b.py", "pkg/a.py", "pkg/changed.py"]);
        assert!(mutated_files(&reference, None).contains(&"pkg/given.py".to_owned()));
    }

    fn mutant(file: &str, line: usize, operator: &str) -> Mutant {
        Mutant {
            file: file.into(),
            line,
            operator: operator.into(),
            original: "a".into(),
            mutated: "b".into(),
            after: String::new(),
            changed: 1,
            removes: false,
        }
    }

    #[test]
    fn a_sample_is_spread_over_files_operators_and_lines() {
        let mut all: Vec<Mutant> = (0..200)
            .map(|number| mutant("a.py", 1 + number / 50, &format!("core/Compare_{number}")))
            .collect();
        all.push(mutant("a.py", 9, "core/AddNot"));
        all.push(mutant("b.py", 1, "core/AddNot"));
        let drawn = sample(all.clone(), 6, 1);
        assert_eq!(spread(&drawn), (2, 2));
        let lines: BTreeSet<_> = drawn.iter().map(|one| (&one.file, one.line)).collect();
        assert_eq!(lines.len(), 6, "every line once");
        assert_eq!(drawn, sample(all.clone(), 6, 1));
        assert_ne!(drawn, sample(all, 6, 2));
    }

    proptest! {
        #[test]
        fn a_sample_has_as_many_as_asked_and_none_twice(
            places in prop::collection::vec((0usize..4, 0usize..9, 0usize..5), 0..60),
            count in 0usize..70, seed in any::<u64>(),
        ) {
            let all: Vec<Mutant> = places
                .iter()
                .enumerate()
                .map(|(index, (file, line, kind))| {
                    mutant(&format!("{file}.py"), *line, &format!("core/K{kind}_{index}"))
                })
                .collect();
            let drawn = sample(all.clone(), count, seed);
            prop_assert_eq!(drawn.len(), count.min(all.len()));
            let distinct: BTreeSet<&str> =
                drawn.iter().map(|mutant| mutant.operator.as_str()).collect();
            prop_assert_eq!(distinct.len(), drawn.len());
        }
    }
}

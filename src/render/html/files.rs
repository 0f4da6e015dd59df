//! The candidate's files as a page shows them: capped in number and bytes, text only.

use super::colour::{self, Piece};
use crate::render::{SourceFile, text};

/// Most files of one submission that are shown.
const MAX_FILES: usize = 60;
/// Largest file that is shown, bytes.
const MAX_FILE_BYTES: usize = 64 << 10;

/// Most bytes of all files of a page.
const MAX_PAGE_BYTES: usize = 8 << 20;
/// Most bytes of the files of one submission.
const MAX_BYTES: usize = 512 << 10;

/// What may still be shown of one submission, bytes.
pub(in crate::render) struct Budget(usize);

impl Budget {
    /// An even share of a page, so that nobody's files crowd out another's.
    pub(in crate::render) fn of(submissions: usize) -> Self {
        Self(MAX_BYTES.min(MAX_PAGE_BYTES / submissions.max(1)))
    }
}

/// A file, or why it is not shown.
pub(in crate::render) struct ShownFile {
    pub(in crate::render) path: String,
    /// Size in words.
    pub(in crate::render) size: String,
    pub(in crate::render) lines: Vec<Vec<Piece>>,
    /// Empty when the file is shown.
    pub(in crate::render) left_out: &'static str,
}

/// The files with Python first, which is what a reviewer reads, as far as the budget goes.
pub(in crate::render) fn shown(files: &[SourceFile], mut budget: Budget) -> Vec<ShownFile> {
    let sorted = order(files).into_iter().enumerate();
    sorted.map(|(index, at)| show(index, &files[at], &mut budget)).collect()
}

/// The places of the files in the order in which they are shown.
pub(in crate::render) fn order(files: &[SourceFile]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..files.len()).collect();
    order.sort_by_key(|at| (!is_python(&files[*at]), files[*at].path.as_str()));
    order
}

fn show(index: usize, file: &SourceFile, budget: &mut Budget) -> ShownFile {
    let size = file.bytes.len();
    let mut shown = ShownFile {
        path: text::line(&file.path),
        size: if size == 1 { "1 byte".into() } else { format!("{size} bytes") },
        lines: Vec::new(),
        left_out: "",
    };
    let content = std::str::from_utf8(&file.bytes).ok().filter(|text| !text.contains('\0'));
    match content {
        None => shown.left_out = "binary",
        Some("") => shown.left_out = "empty",
        Some(_) if index >= MAX_FILES => shown.left_out = "not shown: too many files",
        Some(_) if size > MAX_FILE_BYTES => shown.left_out = "not shown: too large",
        Some(_) if size > budget.0 => shown.left_out = "not shown: too much in all",
        Some(content) => {
            budget.0 -= size;
            let content = text::visible(content);
            shown.lines =
                if is_python(file) { colour::python(&content) } else { colour::plain(&content) };
        }
    }
    shown
}

fn is_python(file: &SourceFile) -> bool {
    file.path.ends_with(".py") || file.path.ends_with(".pyi")
}

#[cfg(test)]
mod tests {
    use super::{Budget, MAX_FILE_BYTES, MAX_FILES, shown};
    use crate::render::SourceFile;

    fn file(path: &str, bytes: &[u8]) -> SourceFile {
        SourceFile { path: path.to_owned(), bytes: bytes.to_owned() }
    }

    #[test]
    fn a_page_of_many_gives_each_the_same_room() {
        assert_eq!([Budget::of(1).0, Budget::of(16).0], [512 << 10; 2]);
        assert_eq!(Budget::of(200).0, 41_943);
    }

    #[test]
    fn binary_large_and_late_files_are_named_only() {
        let mut files = vec![
            file("a.bin", b"\x00\x01"),
            file("b.txt", b"\xff\xfe"),
            file("c.txt", &vec![b'x'; MAX_FILE_BYTES + 1]),
            file("d.py", b"x = 1\n"),
        ];
        files.extend((0..MAX_FILES).map(|index| file(&format!("e{index:03}.txt"), b"text")));
        let shown = shown(&files, Budget(8));
        assert_eq!((shown[0].path.as_str(), shown[0].lines.len()), ("d.py", 1));
        let why: Vec<&str> = shown[1..5].iter().map(|file| file.left_out).collect();
        assert_eq!(why, ["binary", "binary", "not shown: too large", "not shown: too much in all"]);
        assert_eq!(shown.last().map(|file| file.left_out), Some("not shown: too many files"));
        assert!(shown[1..].iter().all(|file| file.lines.is_empty()));
    }
}

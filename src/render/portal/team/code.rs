use askama::Template;

use super::{Tabs, Top};
use crate::render::{
    SourceFile,
    html::{
        colour::Piece,
        files::{self, Budget},
    },
    portal::{Frame, Line, Lines},
};

/// A submission's files with remarks about lines.
#[derive(Template)]
#[template(path = "team_code.html")]
pub struct CodePage {
    /// Around it.
    pub frame: Frame,
    /// Above it.
    pub top: Top,
    /// The invitation.
    pub tabs: Tabs,
    /// The files.
    pub files: Vec<FileView>,
    /// Which bytes these are.
    pub sha256: String,
    /// Comments may be written.
    pub review: bool,
    /// Where a comment is being written: file and line.
    pub at: Option<(usize, u32)>,
    /// Names are taken out.
    pub masked: bool,
    /// Why nothing is shown.
    pub nothing: &'static str,
}

impl CodePage {
    /// Whether a comment is being written about that line.
    pub fn is_at(&self, file: &usize, line: &u32) -> bool {
        self.at == Some((*file, *line))
    }
}

/// A file.
pub struct FileView {
    /// From 1; links are made of it, never of names.
    pub number: usize,
    /// Its path, as it is shown.
    pub path: Line,
    /// Its size in words.
    pub size: String,
    /// Why it is not shown; empty where it is.
    pub left_out: &'static str,
    /// Its lines.
    pub lines: Vec<LineView>,
    /// How many comments there are.
    pub comments: usize,
}

/// A line.
pub struct LineView {
    /// From 1.
    pub number: u32,
    pub(in crate::render) pieces: Vec<Piece>,
    /// Remarks about it.
    pub comments: Vec<CommentView>,
}

/// A remark.
#[derive(Debug, Clone)]
pub struct CommentView {
    /// Its row.
    pub id: i64,
    /// Whose.
    pub name: Line,
    /// When.
    pub at: String,
    /// What.
    pub words: Lines,
    /// One's own.
    pub own: bool,
}

/// The files of a submission as lines, Python first; with the place of each among `sources`.
pub fn coloured(sources: &[SourceFile]) -> Vec<(usize, FileView)> {
    let order = files::order(sources);
    let shown = files::shown(sources, Budget::of(1));
    let view = |(at, (number, file)): (usize, (usize, files::ShownFile))| {
        let lines = (1..).zip(file.lines);
        let lines = lines.map(|(number, pieces)| LineView { number, pieces, comments: Vec::new() });
        let view = FileView {
            number,
            path: file.path.into(),
            size: file.size,
            left_out: file.left_out,
            lines: lines.collect(),
            comments: 0,
        };
        (at, view)
    };
    order.into_iter().zip((1..).zip(shown)).map(view).collect()
}

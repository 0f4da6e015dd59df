//! The pages that candidates may see, a file each.

use std::{fs, io, path::Path};

use super::{
    args::ShowArg,
    exit::{Exit, Failure},
};
use crate::{
    domain::Report,
    render::{
        RenderError,
        html::{CandidateView, Shown, for_candidate},
    },
};

/// Of a candidate's name in a file's.
const MOST_CHARS: usize = 60;

/// What one page is about.
pub(super) struct CandidatePage<'a> {
    /// The challenge's title.
    pub(super) title: &'a str,
    pub(super) candidate: &'a str,
    pub(super) report: &'a Report,
}

/// Writes the pages, named by their order and by candidate; how many.
///
/// # Errors
/// [`Failure`] when the folder or a file in it cannot be written.
pub(super) fn write<'a>(
    dir: &Path,
    show: &[ShowArg],
    pages: impl Iterator<Item = CandidatePage<'a>>,
) -> Result<usize, Failure> {
    let shown =
        Shown { score: show.contains(&ShowArg::Score), groups: show.contains(&ShowArg::Groups) };
    fs::create_dir_all(dir).map_err(|error| unwritable(dir, &error))?;
    let mut written = 0;
    for CandidatePage { title, candidate, report } in pages {
        let page = for_candidate(&CandidateView::new(title, report, shown));
        let page = page.map_err(|error: RenderError| Failure {
            exit: Exit::Infra,
            message: error.to_string(),
            remedy: "report this".into(),
        })?;
        written += 1;
        let file = dir.join(file_name(written, candidate));
        fs::write(&file, page).map_err(|error| unwritable(&file, &error))?;
    }
    Ok(written)
}

/// A name that is one on every system, whatever the candidate is called.
fn file_name(number: usize, candidate: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let name: String = candidate.chars().take(MOST_CHARS).map(plain).collect();
    format!("{number:03}-{name}.html")
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure {
        exit: Exit::Infra,
        message: format!("could not write {}: {error}", path.display()),
        remedy: "name a folder with room that you may write to; the results are kept, and \
                 `takehome grade --resume BATCH` with the same options writes the pages again"
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_candidates_name_leads_nowhere() {
        assert_eq!(file_name(1, "alice"), "001-alice.html");
        assert_eq!(file_name(12, "../../etc/passwd"), "012-.._.._etc_passwd.html");
        assert_eq!(file_name(1000, "\u{202e}<b>\0"), "1000-__b__.html");
        assert_eq!(file_name(3, &"x".repeat(5000)).len(), "003-.html".len() + MOST_CHARS);
    }
}

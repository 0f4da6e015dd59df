//! The code of a submission, with comments about lines.

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    super::{App, Page, Problem},
    case::{Case, utc},
    forms::{Fields, Filled, bad_request},
    member::Member,
};
use crate::{
    domain::Digest,
    hiring::State as Stage,
    render::{
        SourceFile, files_of,
        portal::team::{CodePage, CommentView, FileView, coloured, page as rendered},
    },
    reviewing::{Comment, Right},
    store::{NewComment, Reviews as _},
};

/// What an address of the page has in it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    at: Option<String>,
    said: Option<String>,
}

/// The bytes that count: those of the result that counts, or what came in last.
async fn digest(app: &App, case: &Case) -> Result<Option<Digest>, Problem> {
    let counting = app.store.counting(case.code()).await?;
    let attempts = app.store.attempts(case.code()).await?;
    let kept = |one: &&crate::store::Attempt| !one.erased && one.sha256.is_some();
    let counts = attempts
        .iter()
        .filter(kept)
        .find(|one| one.gradings.iter().any(|grading| Some(&grading.id) == counting.as_ref()));
    Ok(counts.or_else(|| attempts.iter().find(kept)).and_then(|one| one.sha256))
}

/// The files as they came in. Off the threads that answer requests.
async fn sources(app: &App, digest: Digest) -> Result<Vec<SourceFile>, Problem> {
    let blobs = app.blobs.clone();
    let read = tokio::task::spawn_blocking(move || blobs.get(&digest).map(|tar| files_of(&tar)));
    let read = read.await.map_err(|error| Problem::internal(&error))?;
    read.map_err(|error| Problem::internal(&error))
}

pub(super) async fn page(
    State(app): State<App>,
    member: Member,
    Path(code): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Page, Problem> {
    member.need(Right::Look)?;
    let case = Case::open(&app, &member, &code).await?;
    let digest = digest(&app, &case).await?;
    let (files, sha256) = match digest {
        None => (Vec::new(), String::new()),
        Some(digest) => (files(&app, &case, &member, digest).await?, digest.to_string()),
    };
    let at = asked.at.as_deref().and_then(|at| at.split_once('.'));
    let at = at.and_then(|(file, line)| Some((file.parse().ok()?, line.parse().ok()?)));
    let html = rendered(&CodePage {
        frame: member.frame(case.code().as_str(), ""),
        top: member.top(&app, asked.said.as_deref()),
        tabs: case.tabs(&member, "/code"),
        nothing: match digest {
            Some(_) => "",
            None if case.standing.state == Stage::Purged => "The submission was erased.",
            None => "No submission has come in that could be opened.",
        },
        files,
        sha256,
        review: may_comment(&case, &member),
        at: at.filter(|_| may_comment(&case, &member)),
        masked: !case.sight.names,
    });
    Ok(Page::new(html))
}

fn may_comment(case: &Case, member: &Member) -> bool {
    member.may(Right::Review) && matches!(case.standing.state, Stage::Graded | Stage::InReview)
}

async fn files(
    app: &App,
    case: &Case,
    member: &Member,
    digest: Digest,
) -> Result<Vec<FileView>, Problem> {
    let sources = sources(app, digest).await?;
    let comments = app.store.comments(case.code(), &digest).await?;
    let own = |comment: &Comment| comment.by == member.account.id;
    let seen: Vec<Comment> =
        comments.into_iter().filter(|comment| case.sight.others || own(comment)).collect();
    let mask = case.mask();
    let masked: Vec<SourceFile> = sources
        .iter()
        .map(|file| SourceFile {
            path: mask.apply(&file.path),
            bytes: match std::str::from_utf8(&file.bytes) {
                Ok(text) => mask.apply(text).into_bytes(),
                Err(_) => file.bytes.clone(),
            },
        })
        .collect();
    let views = coloured(&masked).into_iter().map(|(at, mut view)| {
        for comment in seen.iter().filter(|comment| comment.path == sources[at].path) {
            let line = comment.line.saturating_sub(1) as usize;
            let Some(line) = view.lines.get_mut(line) else { continue };
            view.comments += 1;
            line.comments.push(CommentView {
                id: comment.id,
                name: (&comment.name).into(),
                at: utc(comment.at_ms),
                words: (&comment.words).into(),
                own: own(comment),
            });
        }
        view
    });
    Ok(views.collect())
}

pub(super) async fn comment(
    State(app): State<App>,
    member: Member,
    Path(code): Path<String>,
    form: Filled,
) -> Result<Response, Problem> {
    member.need(Right::Review)?;
    let fields = Fields::new(form);
    member.check(&app, fields.raw("csrf"))?;
    let case = Case::open(&app, &member, &code).await?;
    if !may_comment(&case, &member) {
        return Err(bad_request());
    }
    let sha256: Digest = fields.parse("sha256", "").map_err(|_| bad_request())?;
    let (file, line): (usize, u32) = (
        fields.parse("file", "").map_err(|_| bad_request())?,
        fields.parse("line", "").map_err(|_| bad_request())?,
    );
    let words = fields.words("words", "Comment").map_err(|_| bad_request())?;
    if words.is_empty() || line == 0 || digest(&app, &case).await? != Some(sha256) {
        return Err(bad_request());
    }
    // The page numbers files; a name may be hidden from whoever comments.
    let sources = sources(&app, sha256).await?;
    let mask = case.mask();
    let paths: Vec<SourceFile> = sources
        .iter()
        .map(|file| SourceFile { path: mask.apply(&file.path), bytes: file.bytes.clone() })
        .collect();
    let shown = coloured(&paths);
    let Some((at, view)) = shown.iter().find(|(_, view)| view.number == file) else {
        return Err(bad_request());
    };
    if view.lines.len() < line as usize {
        return Err(bad_request());
    }
    let new = NewComment { sha256, path: sources[*at].path.clone(), line, words };
    app.store.comment(case.code(), &new, &member.account).await?;
    let back = format!("/team/i/{}/code?said=comment#f{file}l{line}", case.code());
    Ok(Redirect::to(&back).into_response())
}

pub(super) async fn remove(
    State(app): State<App>,
    member: Member,
    Path((code, id)): Path<(String, i64)>,
    form: Filled,
) -> Result<Response, Problem> {
    member.need(Right::Review)?;
    member.check(&app, Fields::new(form).raw("csrf"))?;
    let case = Case::open(&app, &member, &code).await?;
    app.store.remove_comment(case.code(), id, &member.account).await?;
    Ok(Redirect::to(&format!("/team/i/{}/code?said=removed", case.code())).into_response())
}

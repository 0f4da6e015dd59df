//! Live progress: how much is being graded, and whether anything has changed.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::{Query, State},
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::Stream;
use serde::Deserialize;
use serde_json::json;

use super::{
    super::{App, Client, Problem, Rate},
    case::Case,
    member::Member,
};
use crate::{
    reviewing::Right,
    store::{Reviews as _, StoreError},
};

/// Longer than this nobody looks at one page; a browser connects again by itself.
const LONGEST: Duration = Duration::from_secs(1_800);
const ALIVE: Duration = Duration::from_secs(20);

/// What is followed: one invitation, or everything.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    code: Option<String>,
}

pub(super) async fn stream(
    State(app): State<App>,
    client: Client,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    member.need(Right::Look).map_err(Problem::as_document)?;
    app.throttle.count(Rate::Events, &client.key()).map_err(Problem::as_document)?;
    let case = match &asked.code {
        Some(code) => Some(Case::open(&app, &member, code).await.map_err(Problem::as_document)?),
        None => None,
    };
    let code = case.map(|case| case.code().clone());
    let changes = app.live.subscribe();
    let until = tokio::time::Instant::now() + LONGEST;
    let begun = (app, changes, code, None::<String>, false);
    let stream = futures_util::stream::unfold(begun, move |state| async move {
        let (app, mut changes, code, mut last, mut ended) = state;
        if ended {
            return None;
        }
        loop {
            let now = said(&app, code.as_ref()).await.ok();
            if let Some(now) = now
                && last.as_ref() != Some(&now)
            {
                last = Some(now.clone());
                let event = Event::default().event("progress").data(now);
                return Some((Ok(event), (app, changes, code, last, ended)));
            }
            let stopping = app.stopping.clone();
            tokio::select! {
                changed = changes.changed() => ended = changed.is_err(),
                () = stopping.cancelled() => ended = true,
                () = tokio::time::sleep_until(until) => ended = true,
            }
            if ended {
                let event = Event::default().event("end").data("");
                return Some((Ok(event), (app, changes, code, last, ended)));
            }
        }
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(ALIVE)))
}

/// A sentence, and a mark that differs once the page is out of date.
async fn said(app: &App, code: Option<&crate::hiring::Code>) -> Result<String, StoreError> {
    let (text, mark) = match code {
        Some(code) => {
            let attempts = app.store.attempts(code).await?;
            let newest = attempts.first().and_then(|attempt| attempt.gradings.first());
            let text = match newest {
                Some(one) if one.state == "leased" => "The newest attempt is being graded.",
                Some(one) if one.state == "queued" => "The newest attempt waits for its grading.",
                _ => "",
            };
            let marks = attempts.iter().flat_map(|attempt| {
                attempt.gradings.iter().map(|one| format!("{}{}", one.id, one.state == "done"))
            });
            (text.to_owned(), format!("{}:{}", attempts.len(), marks.collect::<String>()))
        }
        None => {
            let (queued, leased) = app.store.progress().await?;
            let text = match (queued, leased) {
                (0, 0) => String::new(),
                (queued, leased) => format!("Grading: {leased} at work, {queued} waiting."),
            };
            let tallies = app.store.tallies(None).await?;
            let marks = tallies.iter().map(|(state, count)| format!("{}{count}", state.key()));
            (text, marks.collect())
        }
    };
    let mark = crate::domain::Digest::of(mark.as_bytes()).short(12);
    Ok(json!({ "text": text, "mark": mark }).to_string())
}

//! The audit trail.

use axum::extract::{Query, State};
use serde::Deserialize;

use super::{
    super::{App, Page, Problem},
    member::Member,
};
use crate::{
    hiring::{Code, instant},
    render::portal::{
        NavLink,
        team::{TrailPage, TrailRow, page as rendered},
    },
    reviewing::Right,
    store::{Reviews as _, Told, TrailLine},
};

const LINES: u32 = 100;
const MOST: usize = 120;

/// What an address of the trail has in it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    code: String,
    #[serde(default)]
    actor: String,
    #[serde(default)]
    action: String,
    before: Option<i64>,
}

pub(super) async fn page(
    State(app): State<App>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Page, Problem> {
    member.need(Right::Audit)?;
    let some = |text: &str| {
        let text: String = text.trim().chars().take(MOST).collect();
        Some(text).filter(|text| !text.is_empty())
    };
    let code = some(&asked.code).map(|text| text.parse::<Code>());
    let found = match &code {
        // No invitation has that: nothing, rather than everything.
        Some(Err(_)) => Vec::new(),
        code => {
            let told = Told {
                code: code.as_ref().and_then(|code| code.clone().ok()),
                action: some(&asked.action),
                actor: some(&asked.actor),
                before: asked.before,
                limit: LINES,
            };
            app.store.told(&told).await?
        }
    };
    let last = found.last().map(|line| line.seq).filter(|_| found.len() == LINES as usize);
    let older = last.map(|before| {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("code", &asked.code)
            .append_pair("actor", &asked.actor)
            .append_pair("action", &asked.action)
            .append_pair("before", &before.to_string())
            .finish();
        NavLink { path: format!("/team/audit?{query}"), text: "Older".into(), current: false }
    });
    let html = rendered(&TrailPage {
        frame: member.frame("Audit trail", "/team/audit"),
        top: member.top(&app, None),
        rows: rows(found),
        code: asked.code.into(),
        actor: asked.actor.into(),
        action: asked.action.into(),
        older,
    });
    Ok(Page::new(html))
}

/// Lines as pages show them.
pub(super) fn rows(lines: Vec<TrailLine>) -> Vec<TrailRow> {
    let row = |line: TrailLine| TrailRow {
        at: instant(line.at_ms),
        action: line.action.replace('_', " ").into(),
        actor: line.actor.unwrap_or_default().into(),
        code: line.code.unwrap_or_default().into(),
        detail: line.detail.into(),
    };
    lines.into_iter().map(row).collect()
}

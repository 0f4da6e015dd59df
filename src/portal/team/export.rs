//! The list as files. Each row has what whoever exports may see.

use axum::{
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
};

use super::{
    super::{App, Problem},
    list::{Asked, number, sight},
    member::Member,
};
use crate::{
    hiring::instant,
    render::{ListingRow, RenderError, listing_csv, listing_html},
    reviewing::Right,
    store::{ListQuery, Reviews as _},
};

/// More rows are several exports.
const MOST_ROWS: u32 = 100_000;

pub(super) async fn csv(
    State(app): State<App>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let rows = rows(&app, &member, &asked).await?;
    file(listing_csv(&rows), "text/csv; charset=utf-8", "invitations.csv")
}

pub(super) async fn html(
    State(app): State<App>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let rows = rows(&app, &member, &asked).await?;
    file(listing_html(&rows), "text/html; charset=utf-8", "invitations.html")
}

fn file(
    text: Result<String, RenderError>,
    kind: &'static str,
    name: &str,
) -> Result<Response, Problem> {
    let text = text.map_err(|error| Problem::internal(&error))?;
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, text).into_response())
}

async fn rows(app: &App, member: &Member, asked: &Asked) -> Result<Vec<ListingRow>, Problem> {
    member.need(Right::Look)?;
    let query = ListQuery { limit: MOST_ROWS, ..asked.query(member) };
    let listed = app.store.listed(&query, member.account.id).await?;
    let row = |row: &crate::store::ListRow| {
        let sight = sight(row, member);
        let seen = |text: &Option<String>| text.clone().filter(|_| sight.names).unwrap_or_default();
        let at = |at_ms| if sight.terms { instant(at_ms) } else { String::new() };
        ListingRow {
            code: row.code.to_string(),
            name: seen(&row.name),
            mail: seen(&row.mail),
            challenge: row.challenge.clone(),
            state: row.state.key().into(),
            verdict: row.verdict.map_or("", |verdict| verdict.key()).into(),
            score: row.score.map(number).unwrap_or_default(),
            attempts: row.received,
            reviews: row.cards,
            deadline: at(row.deadline_ms),
            kept_until: at(row.kept_until_ms),
        }
    };
    Ok(listed.rows.iter().map(row).collect())
}

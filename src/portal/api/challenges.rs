//! Challenges, and what gradings say about them.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    caller::{Allowed, Reads, Sees},
    list::Listed,
    office::task,
    tag::tagged,
};
use crate::{
    challenge::Challenge,
    portal::{App, Problem},
    surveys::statistics,
};

/// A challenge.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Challenge)]
pub(super) struct ChallengeView {
    /// As invitations name it.
    #[schema(example = "courier-retry")]
    id: String,
    /// In one line.
    title: String,
    /// The skill that it looks at.
    area: String,
    /// Whom it is made for.
    level: String,
    /// What it should take.
    time_box_minutes: u64,
    /// What is graded.
    groups: Vec<GroupView>,
    /// The hidden suite's digest, which names a version of it.
    suite_sha256: String,
}

/// A group of tests.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Group)]
pub(super) struct GroupView {
    /// Its name.
    name: String,
    /// Its share of 100.
    weight: u32,
}

impl ChallengeView {
    fn of(challenge: &Challenge) -> Self {
        let manifest = &challenge.manifest;
        Self {
            id: manifest.id.to_string(),
            title: manifest.title.clone(),
            area: manifest.area.clone(),
            level: manifest.level.as_str().into(),
            time_box_minutes: manifest.time_box.as_secs().div_ceil(60),
            groups: manifest
                .groups
                .iter()
                .map(|group| GroupView { name: group.name.clone(), weight: group.weight })
                .collect(),
            suite_sha256: challenge.suite.sha256.to_string(),
        }
    }
}

/// The challenges that can be sent, by id.
#[utoipa::path(get, path = "/v1/challenges", tag = "Challenges",
    security(("token" = ["read"]), ("token" = ["invite"])),
    responses((status = 200, description = "All of them.", body = Listed<ChallengeView>)))]
pub(super) async fn list_challenges(
    State(app): State<App>,
    _: Allowed<Sees>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let ids = app.library.ids().map_err(|error| Problem::internal(&error))?;
    let mut items = Vec::with_capacity(ids.len());
    for id in ids {
        // One that is broken cannot be sent.
        if let Ok(task) = task(&app, &id).await {
            items.push(ChallengeView::of(&task.challenge));
        }
    }
    tagged(&headers, StatusCode::OK, &Listed::<ChallengeView> { items, next: None })
}

/// One challenge.
#[utoipa::path(get, path = "/v1/challenges/{id}", tag = "Challenges",
    params(("id" = String, Path, description = "Its id", example = "courier-retry")),
    security(("token" = ["read"]), ("token" = ["invite"])),
    responses((status = 200, description = "The challenge.", body = ChallengeView)))]
pub(super) async fn get_challenge(
    State(app): State<App>,
    _: Allowed<Sees>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let task = task(&app, &id).await?;
    tagged(&headers, StatusCode::OK, &ChallengeView::of(&task.challenge))
}

/// What gradings by the challenge's suite say about it: how hard its tests are, and what they tell apart.
#[utoipa::path(get, path = "/v1/challenges/{id}/statistics", tag = "Challenges",
    params(("id" = String, Path, description = "The challenge's id", example = "courier-retry")),
    security(("token" = ["read"])),
    responses((status = 200, description = "As docs/statistics.schema.json has them.", body = Object)))]
pub(super) async fn get_statistics(
    State(app): State<App>,
    _: Allowed<Reads>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let task = task(&app, &id).await?;
    let found = statistics(&*app.store, &id, task.challenge.suite.sha256, None).await?;
    tagged(&headers, StatusCode::OK, &found)
}

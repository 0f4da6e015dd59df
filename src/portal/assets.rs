//! Stylesheets and scripts, under names that change with their content.

use axum::{
    Router,
    extract::Path,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    response::{IntoResponse as _, Response},
    routing::get,
};

use super::{App, Problem};
use crate::render::portal::asset;

const FOR_EVER: &str = "public, max-age=31536000, immutable";

pub(super) fn routes() -> Router<App> {
    Router::new().route("/assets/{name}", get(one))
}

async fn one(Path(name): Path<String>) -> Result<Response, Problem> {
    let asset = asset(&name).ok_or_else(Problem::not_found)?;
    Ok(([(CONTENT_TYPE, asset.kind), (CACHE_CONTROL, FOR_EVER)], asset.text).into_response())
}

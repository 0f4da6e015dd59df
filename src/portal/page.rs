use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};

use super::Problem;
use crate::render::RenderError;

/// A page that was rendered. It is never kept by a cache, since all of them are personal.
#[derive(Debug)]
pub struct Page {
    status: StatusCode,
    html: Result<String, RenderError>,
}

impl Page {
    /// A page with status 200.
    pub fn new(html: Result<String, RenderError>) -> Self {
        Self { status: StatusCode::OK, html }
    }

    /// The same page with another status.
    #[must_use]
    pub fn with(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        match self.html {
            Ok(html) => (self.status, Html(html)).into_response(),
            Err(error) => Problem::internal(&error).into_response(),
        }
    }
}

//! Forms: fields by name, in the order in which they came.

use axum::{Form, http::StatusCode};
use serde::Deserialize;

use super::super::Problem;
use crate::reviewing::Words;

/// The fields of a form.
#[derive(Debug)]
pub(super) struct Fields(Vec<(String, String)>);

/// What every handler of a form takes.
pub(super) type Filled = Form<Vec<(String, String)>>;

/// What just follows a form.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Query {
    pub(super) said: Option<String>,
}

impl Fields {
    pub(super) fn new(Form(fields): Filled) -> Self {
        Self(fields)
    }

    pub(super) fn of(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// A field without blanks around it; empty where it is missing.
    pub(super) fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// A field as it was typed.
    pub(super) fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// Whether a box is ticked.
    pub(super) fn ticked(&self, name: &str) -> bool {
        self.raw(name) == "yes"
    }

    /// A field that has to be something; the error says which field.
    pub(super) fn parse<T>(&self, name: &str, label: &str) -> Result<T, String>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        self.text(name).parse().map_err(|error: T::Err| format!("{label}: {error}"))
    }

    /// As [`Fields::parse`], where nothing is nothing.
    pub(super) fn parse_option<T>(&self, name: &str, label: &str) -> Result<Option<T>, String>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        if self.text(name).is_empty() { Ok(None) } else { self.parse(name, label).map(Some) }
    }

    /// What somebody wrote.
    pub(super) fn words(&self, name: &str, label: &str) -> Result<Words, String> {
        self.raw(name).parse().map_err(|error| format!("{label}: {error}"))
    }
}

/// What a page of ours would not have sent.
pub(super) fn bad_request() -> Problem {
    Problem::of(StatusCode::BAD_REQUEST)
}

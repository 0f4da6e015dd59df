//! Values as the database keeps them, and back.

use serde::{Serialize, de::DeserializeOwned};
use sqlx::{
    ColumnIndex, Decode, Row as _, Type,
    sqlite::{Sqlite, SqliteRow},
};

use super::StoreError;

/// A column of a row, or what is wrong with it.
pub(super) fn get<'r, T>(row: &'r SqliteRow, column: &'static str) -> Result<T, StoreError>
where
    T: Decode<'r, Sqlite> + Type<Sqlite>,
    &'static str: ColumnIndex<SqliteRow>,
{
    row.try_get(column).map_err(unreadable(column))
}

/// A column of text that has a meaning of its own, such as a digest or a seed.
pub(super) fn parsed<T>(row: &SqliteRow, column: &'static str) -> Result<T, StoreError>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    get::<String>(row, column)?.parse().map_err(unreadable(column))
}

/// As [`parsed`], where there may be nothing.
pub(super) fn parsed_option<T>(
    row: &SqliteRow,
    column: &'static str,
) -> Result<Option<T>, StoreError>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    get::<Option<String>>(row, column)?
        .map(|text| text.parse().map_err(unreadable(column)))
        .transpose()
}

/// A number that is never negative and fits.
pub(super) fn count(row: &SqliteRow, column: &'static str) -> Result<u32, StoreError> {
    u32::try_from(get::<i64>(row, column)?).map_err(unreadable(column))
}

/// A column that holds one of an enumeration's words.
pub(super) fn word<T: DeserializeOwned>(text: String, what: &str) -> Result<T, StoreError> {
    serde_json::from_value(text.into()).map_err(unreadable(what))
}

/// The word that an enumeration's value is written as.
pub(super) fn as_word<T: Serialize>(value: &T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => Ok(text),
        Ok(other) => Err(unreadable("a word")(other.to_string())),
        Err(error) => Err(unreadable("a word")(error)),
    }
}

/// JSON in a column.
pub(super) fn as_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(unreadable("a record"))
}

/// A value that does not fit the database's 64 signed bits becomes the largest that does.
pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn unreadable<E: std::fmt::Display>(what: &str) -> impl Fn(E) -> StoreError + use<E> {
    let what = what.replace('_', " ");
    move |error| StoreError::Unreadable {
        what: format!("a value for {what}"),
        detail: error.to_string(),
    }
}

//! CSV lists that people write by hand or in a spreadsheet: a line that names columns, then rows. What
//! the cells mean is for whoever asks. Pure.

mod list;

pub use list::{List, Row, RowsError};

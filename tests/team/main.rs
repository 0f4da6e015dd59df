//! The hiring team's pages, in this process: from the first link to a decision, and what nobody may do or see.

#[path = "../common/mod.rs"]
mod common;
#[path = "../portal/place.rs"]
mod place;

mod accounts;
mod blind;
mod browser;
mod hostile;
mod life;
mod rights;
mod round;

//! The portal, as clients meet it.

#[path = "../common/mod.rs"]
mod common;

#[allow(dead_code, reason = "these tests use a part of it")]
#[path = "../common/archives.rs"]
mod archives;

mod candidate;
mod frame;
mod ops;
mod place;
mod program;
mod socket;
mod uploads;

//! The portal, as clients meet it.

#[path = "../common/mod.rs"]
mod common;

mod frame;
mod place;

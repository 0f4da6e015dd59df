//! The API and what it stands on: tokens, answers that are given once, webhooks and partners.

mod access;
#[path = "../common/archives.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod archives;
#[path = "../common/mod.rs"]
mod common;
mod greenhouse;
mod hooks;
mod house;
#[path = "../store/invited.rs"]
#[expect(dead_code, reason = "the store's own tests need more of it")]
mod invited;
#[path = "../store/made.rs"]
#[expect(dead_code, reason = "the store's own tests need more of it")]
mod made;
mod matrix;
mod pages;
mod partner;
#[path = "../portal/place.rs"]
mod place;
mod receiver;
mod routes;
mod token_command;

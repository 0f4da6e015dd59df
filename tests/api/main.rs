//! The API and what it stands on: tokens, answers that are given once, webhooks and partners.

mod access;
mod hooks;
#[path = "../store/invited.rs"]
#[expect(dead_code, reason = "the store's own tests need more of it")]
mod invited;
#[path = "../store/made.rs"]
#[expect(dead_code, reason = "the store's own tests need more of it")]
mod made;
mod pages;
mod partner;
mod receiver;
mod token_command;

//! Invitations on the command line: folders for people to send, and a real mail server.

#[path = "../common/mod.rs"]
mod common;

mod folder;
mod home;
mod life;
mod server;
mod smtp;

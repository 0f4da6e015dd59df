//! The store: what every database behind it has to satisfy, and what is SQLite's own.

mod blobs;
mod conformance;
mod invitations;
mod invited;
mod made;
mod reviews;
mod sqlite;
mod state_machine;
mod survey;
mod team;
mod upkeep;

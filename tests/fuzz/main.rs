//! Fuzz targets: a parser of outside bytes each, with the contract that it keeps whatever arrives.
//!
//! Every target runs its kept seeds, then mutations of them and inputs made for its format: a few
//! hundred in `cargo test`, for N seconds with `TAKEHOME_FUZZ_SECONDS=N`. CONTRIBUTING.md says how
//! to keep a finding.

mod archives;
mod build;
mod challenge;
mod conversation;
mod harness;
mod invitees;
mod list;
mod mutate;
mod sound;
mod wire;

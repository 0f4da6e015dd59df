//! `takehome` sends Python take-home challenges, grades what comes back with hidden pytest
//! suites in a pair of sandboxes, and times the solutions.
//!
//! ARCHITECTURE.md draws the layers; `tests/architecture.rs` keeps them.

pub mod access;
pub mod batch;
pub mod challenge;
pub mod cli;
pub mod doctor;
pub mod domain;
pub mod embedded;
pub mod grade;
pub mod hiring;
pub mod hooks;
pub mod image;
pub mod mail;
pub mod package;
pub mod portal;
pub mod process;
pub mod receiving;
pub mod render;
pub mod reviewing;
pub mod rows;
pub mod run;
pub mod sandbox;
pub mod sending;
pub mod stats;
pub mod store;
pub mod submission;
pub mod surveys;
pub mod timing;
pub mod verify;
pub mod wire;
pub mod working;

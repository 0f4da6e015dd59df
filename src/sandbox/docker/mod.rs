//! The Docker Engine (and what speaks its API, such as Podman) through bollard.

mod body;
mod client;
mod container;
mod images;
mod labels;
mod pin;
mod sandbox;
mod seccomp;
mod sweep;

pub use client::{EngineFacts, connect};
pub use images::{BuildStep, ImageInfo, Images};
pub use sandbox::DockerSandbox;

use crate::process as owner;

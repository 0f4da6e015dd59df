//! The images: what they are made of, which tag that content has, and how to make them.

mod command;
mod provision;
mod recipe;
mod rootfs;
mod wheels;

use crate::embedded as sources;

pub use provision::{ImageError, Progress, Provisioner};
pub use recipe::{Arch, DataRecipes, Recipe, Recipes};

//! Small challenges for the tests of this module.

use std::path::Path;

use bytes::Bytes;

use super::{Canary, CollectedTest, Manifest, Suite};
use crate::domain::Digest;

/// A manifest with these groups and weights.
pub(super) fn manifest(groups: &[(&str, u32)]) -> Manifest {
    let groups: String = groups
        .iter()
        .map(|(name, weight)| {
            format!("[[groups]]\nname = {name:?}\nweight = {weight}\nsummary = \"s\"\n")
        })
        .collect();
    let text = format!(
        r#"
schema = 1
id = "some-challenge"
title = "Some challenge"
area = "Some skill"
questions = ["Q6.1"]
level = "senior"
time_box = "75m"
ai_policy = "allowed"
image = "core"

[interface]
kind = "function"
summary = "pkg.main:run"
required = ["pkg/main.py"]

{groups}"#
    );
    Manifest::parse(&text, Path::new("challenge.toml")).unwrap()
}

/// A suite whose tar is this text.
pub(super) fn suite(text: &'static str) -> Suite {
    let tar = Bytes::from_static(text.as_bytes());
    Suite { sha256: Digest::of(&tar), tar }
}

/// A collected test that is a unit of its own.
pub(super) fn collected(id: &str, group: Option<&str>, critical: Option<u8>) -> CollectedTest {
    CollectedTest {
        id: id.to_owned(),
        group: group.map(str::to_owned),
        unit: id.to_owned(),
        critical,
    }
}

/// Always the same one.
pub(super) fn canary() -> Canary {
    "takehome-canary-00112233445566778899aabbccddeeff".parse().unwrap()
}

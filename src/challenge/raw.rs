//! `challenge.toml` as serde reads it: right keys and types, nothing else checked.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{AiPolicy, ImageKind, InterfaceKind, Level, TimingKind};
use crate::domain::timing::Clock;

/// Only what tells a manifest of another version from a wrong one.
#[derive(Deserialize)]
pub(super) struct Head {
    pub(super) schema: Option<Spanned<i64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawManifest {
    #[expect(dead_code, reason = "checked in `Head`; a key that must be there")]
    pub(super) schema: u32,
    pub(super) id: Spanned<String>,
    pub(super) title: Spanned<String>,
    pub(super) area: Spanned<String>,
    pub(super) questions: Vec<Spanned<String>>,
    pub(super) level: Level,
    pub(super) time_box: Spanned<String>,
    pub(super) ai_policy: AiPolicy,
    pub(super) image: ImageKind,
    pub(super) interface: RawInterface,
    pub(super) groups: Vec<RawGroup>,
    #[serde(default)]
    pub(super) limits: RawLimits,
    #[serde(default)]
    pub(super) dependencies: RawDependencies,
    pub(super) data: Option<RawData>,
    #[serde(default)]
    pub(super) verify: RawVerify,
    #[serde(default)]
    pub(super) timing: Vec<RawTiming>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawInterface {
    pub(super) kind: InterfaceKind,
    pub(super) summary: Spanned<String>,
    pub(super) required: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) probe: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGroup {
    pub(super) name: Spanned<String>,
    pub(super) weight: Spanned<i64>,
    pub(super) summary: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawData {
    pub(super) generator: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTiming {
    pub(super) name: Spanned<String>,
    pub(super) summary: Spanned<String>,
    pub(super) kind: TimingKind,
    pub(super) driver: Spanned<String>,
    pub(super) target: Option<Spanned<String>>,
    pub(super) unit: Spanned<String>,
    pub(super) clock: Clock,
    /// The one that the ratio is of.
    pub(super) size: Spanned<u64>,
    /// Further ones, for growth.
    #[serde(default)]
    pub(super) growth: Vec<u64>,
    #[serde(default)]
    pub(super) memory: bool,
    #[serde(default)]
    pub(super) graded: bool,
    pub(super) band: Option<f64>,
    pub(super) process_pair: Option<Spanned<String>>,
    pub(super) cap: Option<Spanned<String>>,
    pub(super) growth_cap: Option<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawVerify {
    pub(super) repeat: Option<Spanned<i64>>,
    pub(super) suite_time: Option<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLimits {
    pub(super) memory: Option<Spanned<String>>,
    pub(super) cpus: Option<Spanned<f64>>,
    pub(super) pids: Option<Spanned<i64>>,
    pub(super) work: Option<Spanned<String>>,
    pub(super) inodes: Option<Spanned<i64>>,
    pub(super) output: Option<Spanned<String>>,
    pub(super) call_timeout: Option<Spanned<String>>,
    pub(super) test_timeout: Option<Spanned<String>>,
    pub(super) grading_timeout: Option<Spanned<String>>,
    pub(super) lanes: Option<Spanned<i64>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDependencies {
    #[serde(default)]
    pub(super) allowed: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) preload: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) preload_if_named: BTreeMap<String, Vec<Spanned<String>>>,
    #[serde(default)]
    pub(super) warm_programs: bool,
}

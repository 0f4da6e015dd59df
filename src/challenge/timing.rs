//! The timing plans of a manifest.

use std::collections::BTreeSet;

use toml::Spanned;

use super::{
    ManifestError, TimingKind, TimingPlan,
    raw::RawTiming,
    units,
    validate::{Check, is_group_name, is_module, is_relative_path},
};
use crate::domain::timing::Plan;

pub(super) fn plans(
    check: &Check<'_>,
    raw: &[RawTiming],
) -> Result<Vec<TimingPlan>, ManifestError> {
    let mut names = BTreeSet::new();
    let mut plans = Vec::new();
    for (index, raw) in raw.iter().enumerate() {
        let key = |field: &str| format!("timing[{index}].{field}");
        let name = raw.name.get_ref();
        if !is_group_name(name) || !names.insert(name) {
            let message = format!(
                "{name:?} is not a plan's name of its own: use up to 40 of a-z, 0-9 and '-', a letter first"
            );
            return Err(check.error(key("name"), &raw.name, message));
        }
        let driver = raw.driver.get_ref();
        if !is_relative_path(driver) || !driver.ends_with(".py") {
            let message = "must be the path of a Python file below tests/hidden";
            return Err(check.error(key("driver"), &raw.driver, message));
        }
        plans.push(TimingPlan {
            name: name.clone(),
            summary: check.line(&key("summary"), &raw.summary)?,
            kind: raw.kind,
            driver: driver.clone(),
            target: target(check, &key("target"), raw)?,
            unit: check.line(&key("unit"), &raw.unit)?,
            graded: raw.graded,
            memory: raw.memory,
            plan: plan(check, &key, raw)?,
        });
    }
    Ok(plans)
}

/// `module:function` of calls, and nothing of the others.
fn target(check: &Check<'_>, key: &str, raw: &RawTiming) -> Result<Option<String>, ManifestError> {
    let Some(target) = &raw.target else {
        if raw.kind == TimingKind::Calls {
            let message = "calls need a target, such as \"ranges:merge\"";
            return Err(check.document.error(key, None, message));
        }
        return Ok(None);
    };
    let text = target.get_ref();
    let sound =
        text.split_once(':').is_some_and(|(module, name)| is_module(module) && is_module(name));
    if raw.kind != TimingKind::Calls || !sound {
        let message = format!("{text:?} is not the module:function that calls need, and only they");
        return Err(check.error(key, target, message));
    }
    Ok(Some(text.clone()))
}

fn plan(
    check: &Check<'_>,
    key: &dyn Fn(&str) -> String,
    raw: &RawTiming,
) -> Result<Plan, ManifestError> {
    let mut sizes: BTreeSet<u64> = raw.growth.iter().copied().collect();
    sizes.insert(*raw.size.get_ref());
    let sizes: Vec<u64> = sizes.into_iter().collect();
    let seconds = |field: &str, text: &Option<Spanned<String>>, usual: f64| match text {
        None => Ok(usual),
        Some(text) => units::duration(text.get_ref())
            .map(|time| time.as_secs_f64())
            .map_err(|message| check.error(key(field), text, message)),
    };
    let usual = Plan::default();
    let main_size = sizes.iter().position(|size| size == raw.size.get_ref()).unwrap_or(0);
    let plan = Plan {
        clock: raw.clock,
        band: raw.band.unwrap_or(usual.band),
        process_pair_s: seconds("process_pair", &raw.process_pair, usual.process_pair_s)?,
        cap_s: seconds("cap", &raw.cap, usual.cap_s)?,
        growth_cap_s: seconds("growth_cap", &raw.growth_cap, usual.growth_cap_s)?,
        main_size,
        sizes,
        ..usual
    };
    plan.checked().map_err(|error| check.error(key("size"), &raw.size, error.to_string()))
}

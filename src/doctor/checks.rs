use serde::Serialize;

use super::advisories::affecting;
use crate::sandbox::docker::EngineFacts;

/// How a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Ok,
    /// Works, and could be better.
    Warning,
    /// Grading cannot work, or is not safe.
    Problem,
}

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was checked.
    pub subject: &'static str,
    /// How it stands.
    pub state: State,
    /// What was found.
    pub found: String,
    /// What to do; empty when nothing is to be done.
    pub remedy: String,
}

/// What the checks look at. Pure data, so that they can be tested.
#[derive(Debug, Clone)]
pub struct Machine {
    /// The engine.
    pub engine: EngineFacts,
    /// Free bytes where the engine keeps its data; absent for a remote engine.
    pub engine_free_bytes: Option<u64>,
    /// Free bytes under the program's home.
    pub home_free_bytes: Option<u64>,
    /// Tags of the current images, and whether each is there and whole.
    pub images: Vec<(String, bool)>,
    /// How the grading of a model solution went, where it was tried: its score and seconds, or why not.
    pub tried: Option<Result<(f64, f64), String>>,
}

const GIB: u64 = 1 << 30;

/// All findings, in a fixed order.
pub fn examine(machine: &Machine) -> Vec<Finding> {
    let engine = &machine.engine;
    let mut findings = vec![
        ok("engine", format!("{} on {} ({})", engine.version, engine.kernel, engine.arch)),
        ok("API", engine.api.clone()),
    ];
    if engine.is_podman() {
        findings.push(podman(engine));
    } else {
        findings.extend(vulnerabilities("engine's version", "Engine", &engine.version));
    }
    if let Some(version) = runc_version(engine) {
        findings.push(ok("runc", version.into()));
        findings.extend(vulnerabilities("runc's version", "runc", version));
    }
    findings.push(runtime(engine));
    findings.push(control_groups(engine));
    findings.push(seccomp(engine));
    findings.push(size(engine));
    findings.push(space("space for the engine", machine.engine_free_bytes, 5 * GIB));
    findings.push(space("space for takehome", machine.home_free_bytes, GIB));
    for (tag, there) in &machine.images {
        findings.push(if *there {
            ok("image", tag.clone())
        } else {
            warning(
                "image",
                format!("{tag} is not built"),
                "the next grading builds it, or `takehome image build`",
            )
        });
    }
    findings.extend(machine.tried.as_ref().map(|tried| pair(tried, &engine.runtime)));
    findings
}

fn podman(engine: &EngineFacts) -> Finding {
    let rights = if engine.rootless { "rootless" } else { "as root" };
    warning(
        "Podman",
        format!(
            "{rights}; tried with 4.3.1 only. Files in a container are bounded by memory and not by number, \
             and it has no control group namespace"
        ),
        "docs/podman.md says what works; try it with `takehome doctor --try`",
    )
}

/// Docker names the component `runc`; Podman `OCI Runtime (runc)`, with several lines of versions.
fn runc_version(engine: &EngineFacts) -> Option<&str> {
    engine.components.iter().find_map(|(name, version)| match name.as_str() {
        "runc" => Some(version.as_str()),
        "OCI Runtime (runc)" => version.strip_prefix("runc version ")?.split_whitespace().next(),
        _ => None,
    })
}

fn runtime(engine: &EngineFacts) -> Finding {
    let others: Vec<&str> =
        engine.runtimes.iter().map(String::as_str).filter(|name| *name != engine.runtime).collect();
    let found = match others.as_slice() {
        [] => engine.runtime.clone(),
        others => format!("{} (--runtime may also be {})", engine.runtime, others.join(", ")),
    };
    ok("runtime", found)
}

fn pair(tried: &Result<(f64, f64), String>, runtime: &str) -> Finding {
    let found = match tried {
        Ok((score, seconds)) if *score == 100.0 => {
            return ok("a pair", format!("a model solution got 100 in {seconds:.1} s"));
        }
        Ok((score, _)) => format!("a model solution got {score} instead of 100"),
        Err(message) => format!("a model solution could not be graded: {message}"),
    };
    let remedy = format!("grade with another runtime than {runtime}, and report this");
    Finding { subject: "a pair", state: State::Problem, found, remedy }
}

fn vulnerabilities(subject: &'static str, component: &str, version: &str) -> Vec<Finding> {
    affecting(component, version)
        .into_iter()
        .map(|advisory| {
            warning(
                subject,
                format!(
                    "{version} is below the upstream fix of {}: {}",
                    advisory.ids, advisory.effect
                ),
                "upgrade it, or check that your distribution's package carries the fix",
            )
        })
        .collect()
}

fn control_groups(engine: &EngineFacts) -> Finding {
    if engine.ignores_limits() {
        return Finding {
            subject: "control groups",
            state: State::Problem,
            found: "version 1 and a rootless engine, which ignores all limits".into(),
            remedy: "run the engine as root, or boot with control groups v2".into(),
        };
    }
    match engine.cgroup_version.as_str() {
        version @ ("1" | "2") => ok("control groups", format!("version {version}")),
        other => Finding {
            subject: "control groups",
            state: State::Problem,
            found: format!("version {other}"),
            remedy: "memory and process limits need them: enable cgroup v2 for this engine".into(),
        },
    }
}

fn seccomp(engine: &EngineFacts) -> Finding {
    if engine.security_options.iter().any(|option| option.contains("seccomp")) {
        return ok("seccomp", "available; our own profile is used".into());
    }
    Finding {
        subject: "seccomp",
        state: State::Problem,
        found: "the engine does not offer it".into(),
        remedy: "do not grade strangers' code here: use an engine built with seccomp".into(),
    }
}

fn size(engine: &EngineFacts) -> Finding {
    let found = format!("{} cores, {} GiB of memory", engine.cpus, engine.memory_bytes / GIB);
    if engine.memory_bytes < 2 * GIB {
        return warning("size", found, "give the engine's machine at least 2 GiB");
    }
    ok("size", found)
}

fn space(subject: &'static str, free: Option<u64>, least: u64) -> Finding {
    match free {
        None => ok(subject, "not visible from here".into()),
        Some(free) if free < least => Finding {
            subject,
            state: State::Problem,
            found: format!("{} MiB free", free >> 20),
            remedy: format!(
                "free at least {} GiB; `takehome image prune` removes old images",
                least / GIB
            ),
        },
        Some(free) => ok(subject, format!("{} GiB free", free / GIB)),
    }
}

fn ok(subject: &'static str, found: String) -> Finding {
    Finding { subject, state: State::Ok, found, remedy: String::new() }
}

fn warning(subject: &'static str, found: String, remedy: &str) -> Finding {
    Finding { subject, state: State::Warning, found, remedy: remedy.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine() -> Machine {
        Machine {
            engine: EngineFacts::for_tests(),
            engine_free_bytes: Some(50 * GIB),
            home_free_bytes: Some(50 * GIB),
            images: vec![("takehome-judge:1".into(), true)],
            tried: Some(Ok((100.0, 2.0))),
        }
    }

    fn worst(machine: &Machine) -> Option<State> {
        examine(machine).iter().map(|finding| finding.state).max()
    }

    #[test]
    fn a_current_machine_has_nothing_to_remedy() {
        let findings = examine(&machine());
        assert!(
            findings.iter().all(|f| f.state == State::Ok && f.remedy.is_empty()),
            "{findings:?}"
        );
    }

    #[test]
    fn what_makes_grading_unsafe_or_impossible_is_a_problem_with_a_remedy() {
        let mut no_seccomp = machine();
        no_seccomp.engine.security_options.clear();
        let mut full = machine();
        full.engine_free_bytes = Some(GIB);
        let mut no_cgroups = machine();
        no_cgroups.engine.cgroup_version = "unknown".into();
        let mut wrong = machine();
        wrong.tried = Some(Ok((50.0, 2.0)));
        let mut no_pair = machine();
        no_pair.tried = Some(Err("no loopback".into()));
        for broken in [no_seccomp, full, no_cgroups, wrong, no_pair] {
            assert_eq!(worst(&broken), Some(State::Problem));
            assert!(examine(&broken).iter().all(|f| f.state == State::Ok || !f.remedy.is_empty()));
        }
    }

    #[test]
    fn podman_is_named_and_not_held_to_dockers_advisories() {
        let mut podman = machine();
        podman.engine.version = "4.3.1".into();
        podman.engine.components = vec![
            ("Podman Engine".into(), "4.3.1".into()),
            ("OCI Runtime (runc)".into(), "runc version 1.1.5+ds1\ncommit: 1\nspec: 1.0.2".into()),
        ];
        let findings = examine(&podman);
        let of = |subject| findings.iter().filter(|f| f.subject == subject).collect::<Vec<_>>();
        assert_eq!(of("Podman").len(), 1);
        assert!(of("engine's version").is_empty());
        assert_eq!(of("runc")[0].found, "1.1.5+ds1");
        assert_eq!(of("runc's version").len(), 4);
        assert_eq!(worst(&podman), Some(State::Warning));
    }

    #[test]
    fn a_rootless_engine_needs_control_groups_v2() {
        let mut rootless = machine();
        rootless.engine.rootless = true;
        assert_eq!(worst(&rootless), Some(State::Ok));
        rootless.engine.cgroup_version = "1".into();
        assert_eq!(worst(&rootless), Some(State::Problem));
    }

    #[test]
    fn old_components_and_missing_images_are_warnings() {
        let mut old = machine();
        old.engine.components = vec![("runc".into(), "1.1.5+ds1-1+deb12u1".into())];
        old.images[0].1 = false;
        assert_eq!(worst(&old), Some(State::Warning));
    }
}

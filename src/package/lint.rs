use std::fs;

use super::{
    Package, PackageError, design,
    finding::{Finding, Rule, Severity},
    layout, readme,
};
use crate::challenge::{Challenge, ChallengeError};

/// Everything in a challenge's folder that can be checked by reading it, errors first. Whether the
/// suite separates right from wrong is for `challenge verify`.
pub fn lint(challenge: &Challenge) -> Vec<Finding> {
    let manifest = &challenge.manifest;
    let mut findings = Vec::new();
    findings.extend(text(challenge, "README.md", Rule::Interface, |text| {
        readme::check(text, manifest)
    }));
    findings
        .extend(text(challenge, "DESIGN.md", Rule::Design, |text| design::check(text, manifest)));
    findings.extend(layout::folders(challenge));
    match challenge.samples_and_errors() {
        Ok((samples, errors)) if errors.is_empty() => {
            findings.extend(layout::samples(&samples, manifest));
        }
        // What is missing among those that can be read may be in the others.
        Ok((_, errors)) => findings.extend(errors.iter().map(unreadable)),
        Err(error) => findings.push(unreadable(&error)),
    }
    findings.extend(challenge.equivalents().err().as_ref().map(unreadable));
    findings.extend(rubric(challenge));
    findings.extend(lock(challenge));
    findings.extend(layout::share(challenge));
    findings.extend(package(challenge, &findings));
    findings.sort_by(|one, other| {
        (one.severity, one.rule, one.line).cmp(&(other.severity, other.rule, other.line))
    });
    findings
}

/// A challenge that cannot be read, as a finding.
pub fn unreadable(error: &ChallengeError) -> Finding {
    let (file, remedy) = match error {
        ChallengeError::Manifest(_) => ("challenge.toml", "challenges/AUTHORING.md has every key"),
        ChallengeError::Suite(_) => ("tests/hidden", "challenges/AUTHORING.md describes a suite"),
        ChallengeError::Lock(_) => {
            ("suite.lock", "`takehome challenge verify ID --seal` writes it")
        }
        ChallengeError::Sample(_) => {
            ("samples", "challenges/AUTHORING.md describes a sample's expected.toml")
        }
        ChallengeError::Equivalents(_) => {
            ("equivalent-mutants.toml", "challenges/AUTHORING.md describes an entry")
        }
        ChallengeError::NoManifest(_) => ("challenge.toml", "challenges/AUTHORING.md describes it"),
        ChallengeError::NoStarter(_) => ("starter", "put there what the candidate gets"),
        ChallengeError::NotFound { .. }
        | ChallengeError::NoRoot(_)
        | ChallengeError::Read { .. } => (".", "make it readable for this user"),
    };
    let mut message = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        message.push_str(&format!(": {next}"));
        cause = next.source();
    }
    Finding::error(Rule::Readable, file, message, remedy)
}

fn text(
    challenge: &Challenge,
    file: &str,
    rule: Rule,
    check: impl FnOnce(&str) -> Vec<Finding>,
) -> Vec<Finding> {
    match fs::read(challenge.dir.join(file)).map(String::from_utf8) {
        Ok(Ok(text)) => check(&text),
        Ok(Err(_)) => vec![Finding::error(rule, file, "it is not UTF-8", "save it as UTF-8")],
        Err(error) => {
            let message = format!("it cannot be read: {error}");
            let remedy = "write it; `takehome challenge new` makes a whole example";
            vec![Finding::error(rule, file, message, remedy)]
        }
    }
}

/// Reviewers can do without one; what is there has to be right.
fn rubric(challenge: &Challenge) -> Option<Finding> {
    let error = challenge.rubric().err()?;
    let remedy = "challenges/AUTHORING.md describes a criterion";
    Some(Finding::error(Rule::Readable, "rubric.toml", error.to_string(), remedy))
}

fn lock(challenge: &Challenge) -> Option<Finding> {
    let seal = format!("run `takehome challenge verify {} --seal`", challenge.manifest.id);
    match challenge.lock.as_ref().map(|lock| lock.check(&challenge.manifest, &challenge.suite)) {
        Some(Ok(())) => None,
        None => {
            let message = "there is none, so nothing can be graded yet";
            Some(Finding::warning(Rule::Lock, "suite.lock", message, seal))
        }
        Some(Err(mismatch)) => {
            let differences: Vec<String> =
                mismatch.differences.iter().map(ToString::to_string).collect();
            let message = format!("it does not fit: {}", differences.join("; "));
            Some(Finding::error(Rule::Lock, "suite.lock", message, seal))
        }
    }
}

/// Whether the package can be made; what `earlier` findings say is not said again.
fn package(challenge: &Challenge, earlier: &[Finding]) -> Vec<Finding> {
    let error = match Package::of(challenge) {
        Ok(_) => return Vec::new(),
        Err(error) => error,
    };
    let known = |file: &str| {
        earlier.iter().any(|finding| {
            finding.severity == Severity::Error
                && matches!(finding.rule, Rule::Layout | Rule::Interface)
                && finding.file == file
        })
    };
    let remedy = error.remedy();
    let (file, message) = match &error {
        PackageError::Leaks(leaks) => {
            let finding = |leak: &super::Leak| {
                let message = format!("it holds {}", leak.what);
                Finding::error(Rule::Hidden, &leak.file, message, &remedy).at(leak.line)
            };
            return leaks.iter().map(finding).collect();
        }
        PackageError::Missing(path) => {
            let file = path.strip_prefix(&challenge.dir).unwrap_or(path).display().to_string();
            (file, "it is missing or empty".to_owned())
        }
        PackageError::Refused { what, .. } if known(what) => return Vec::new(),
        PackageError::NotInImage { .. } => ("challenge.toml".to_owned(), error.to_string()),
        PackageError::Incomplete(_) => ("starter".to_owned(), error.to_string()),
        PackageError::Refused { .. } | PackageError::Taken(_) => {
            ("starter".to_owned(), error.to_string())
        }
    };
    if known(&file) {
        return Vec::new();
    }
    vec![Finding::error(Rule::Package, file, message, remedy)]
}

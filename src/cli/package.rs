//! `challenge new`, `challenge lint` and `challenge pack`.

use std::{fs::Permissions, io::Write as _, os::unix::fs::PermissionsExt as _, path::Path};

use serde_json::json;

use super::{
    args::Format,
    context::Context,
    exit::{Exit, Failure},
    package_args::{LintArgs, NewArgs, PackArgs},
    table,
};
use crate::{
    challenge::{Challenge, ChallengeError, ChallengeId},
    domain::Digest,
    package::{Finding, Package, Severity, Skeleton, SkeletonError, lint as check, unreadable},
};

pub(super) async fn new(context: &Context, args: NewArgs) -> Result<Exit, Failure> {
    context.sweep_if_possible().await;
    let id: ChallengeId =
        args.id.parse().map_err(|error: crate::challenge::InvalidChallengeId| {
            Failure::usage(error.to_string(), "choose another id")
        })?;
    let root = args.root.as_ref().or(context.roots.first());
    let root = root.map_or(Path::new("challenges"), std::path::PathBuf::as_path);
    let skeleton = Skeleton::new(id.clone(), args.title.as_deref(), args.image.into());
    let dir = skeleton.write(root).map_err(|error| match error {
        SkeletonError::Exists(_) => {
            Failure::usage(error.to_string(), "choose another id, or remove it first")
        }
        SkeletonError::Write { .. } => Failure {
            exit: Exit::Infra,
            message: error.to_string(),
            remedy: "check the folder's permissions and the free space".into(),
        },
    })?;
    let takehome = if root == Path::new("challenges") {
        "takehome".to_owned()
    } else {
        format!("takehome --challenges {}", root.display())
    };
    print!("{}", next_steps(&dir, &id, &takehome));
    Ok(Exit::Ok)
}

fn next_steps(dir: &Path, id: &ChallengeId, takehome: &str) -> String {
    format!(
        "{} is a whole small challenge. Replace it part by part:\n\
         \x20 1. README.md and challenge.toml: every graded behaviour is stated there\n\
         \x20 2. tests/hidden and reference/\n\
         \x20 3. samples/: other right solutions, and a wrong one for each way of being wrong\n\
         \x20 4. starter/, tests/visible and DESIGN.md\n\
         \n\
         Does the suite separate right from wrong? It seals the list of hidden tests, too:\n\
         \x20 {takehome} challenge verify {id} --seal\n\
         Is everything there and stated, and nothing hidden public?\n\
         \x20 {takehome} challenge lint {id}\n\
         What candidates get:\n\
         \x20 {takehome} challenge pack {id} -o {id}.zip\n\
         \n\
         challenges/AUTHORING.md describes the format.\n",
        dir.display()
    )
}

pub(super) async fn lint(context: &Context, args: LintArgs) -> Result<Exit, Failure> {
    context.sweep_if_possible().await;
    let ids = if args.all {
        Challenge::ids(&context.roots)?.into_iter().map(|(id, _)| id).collect()
    } else {
        args.ids
    };
    let mut linted = Vec::new();
    for id in ids {
        let findings = match Challenge::find(&context.roots, &id) {
            Ok(challenge) => check(&challenge),
            Err(
                error @ (ChallengeError::NotFound { .. }
                | ChallengeError::NoRoot(_)
                | ChallengeError::Read { .. }),
            ) => {
                return Err(error.into());
            }
            Err(error) => vec![unreadable(&error)],
        };
        linted.push((id, findings));
    }
    match args.format {
        Format::Json => {
            let rows: Vec<_> = linted
                .iter()
                .map(|(id, findings)| json!({"challenge": id, "findings": findings}))
                .collect();
            println!("{}", json!(rows));
        }
        Format::Human => {
            let texts: Vec<String> =
                linted.iter().map(|(id, findings)| rendered(id, findings)).collect();
            print!("{}", texts.join("\n"));
        }
    }
    let broken = linted.iter().any(|(_, findings)| count(findings, Severity::Error) > 0);
    Ok(if broken { Exit::Author } else { Exit::Ok })
}

fn rendered(id: &str, findings: &[Finding]) -> String {
    if findings.is_empty() {
        return format!("{id}: nothing to complain about\n");
    }
    let number = |severity: Severity| match count(findings, severity) {
        1 => format!("1 {severity}"),
        many => format!("{many} {severity}s"),
    };
    let mut rows = table::table(&["", "where", "found", "what to do"]);
    for finding in findings {
        rows.add_row([
            finding.severity.to_string(),
            table::plain(&finding.place()),
            table::plain(&finding.message),
            table::plain(&finding.remedy),
        ]);
    }
    format!("{id}: {}, {}\n{rows}\n", number(Severity::Error), number(Severity::Warning))
}

fn count(findings: &[Finding], severity: Severity) -> usize {
    findings.iter().filter(|finding| finding.severity == severity).count()
}

pub(super) async fn pack(context: &Context, args: PackArgs) -> Result<Exit, Failure> {
    context.sweep_if_possible().await;
    let challenge = context.challenge(&args.id)?;
    let package = Package::of(&challenge).map_err(|error| Failure {
        exit: Exit::Author,
        message: format!("could not pack {}: {error}", args.id),
        remedy: error.remedy(),
    })?;
    let zip = package.to_zip();
    write(&args.output, &zip, args.force)?;
    println!(
        "{}: {} files, {} KiB, SHA-256 {}\n\
         unpacked, its visible tests run with\n\
         \x20 python -m pip install -r requirements.txt\n\
         \x20 python -m pytest tests",
        args.output.display(),
        package.files().count(),
        zip.len().div_ceil(1024),
        Digest::of(&zip),
    );
    Ok(Exit::Ok)
}

/// Writes the archive so that a reader finds the old one or the new one, never a part.
fn write(path: &Path, zip: &[u8], force: bool) -> Result<(), Failure> {
    let folder = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let failed = |error: std::io::Error| Failure {
        exit: Exit::Infra,
        message: format!("could not write {}: {error}", path.display()),
        remedy: "check that the folder exists, its permissions and the free space".into(),
    };
    let mut file = tempfile::Builder::new()
        .prefix(".takehome-pack.")
        .permissions(Permissions::from_mode(0o644))
        .tempfile_in(folder)
        .map_err(failed)?;
    file.write_all(zip).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    let persisted = if force { file.persist(path) } else { file.persist_noclobber(path) };
    match persisted {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {
            let message = format!("{} is there already", path.display());
            Err(Failure::usage(message, "give --force to overwrite it, or another -o"))
        }
        Err(error) => Err(failed(error.error)),
    }
}

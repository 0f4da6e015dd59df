//! Everything that is built in is pinned, comes from one registry and has a licence of deny.toml.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use serde_json::Value;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The packages of Cargo.lock that this machine builds.
fn packages() -> Vec<Value> {
    let version =
        Command::new(env!("CARGO")).args(["version", "--verbose"]).output().expect("cargo");
    let version = String::from_utf8(version.stdout).expect("text");
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--offline",
            "--locked",
            "--format-version",
            "1",
            "--filter-platform",
            host,
        ])
        .current_dir(root())
        .output()
        .expect("cargo metadata");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

fn allowed_licences() -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("deny.toml")).expect("deny.toml");
    let table: toml::Table = text.parse().expect("TOML");
    let allow = table["licenses"]["allow"].as_array().expect("a list");
    allow.iter().map(|licence| licence.as_str().expect("text").to_owned()).collect()
}

/// Whether one of the alternatives of an SPDX expression has only allowed licences.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let flat = expression.replace('/', " OR ").replace(['(', ')'], "");
    flat.split(" OR ").any(|side| side.split(" AND ").all(|one| allowed.contains(one.trim())))
}

#[test]
fn every_crate_comes_from_the_registry_under_an_allowed_licence() {
    let allowed = allowed_licences();
    let mut complaints = Vec::new();
    let packages = packages();
    assert!(packages.len() > 100, "only {} packages", packages.len());
    for package in &packages {
        let name = package["name"].as_str().expect("a name");
        let source = package["source"].as_str();
        if source != Some(REGISTRY) && name != env!("CARGO_PKG_NAME") {
            complaints.push(format!("{name} comes from {source:?}"));
        }
        let licence = package["license"].as_str().unwrap_or("none");
        if !is_allowed(licence, &allowed) {
            complaints.push(format!("{name} has the licence {licence}"));
        }
    }
    assert_eq!(complaints, Vec::<String>::new());
}

#[test]
fn a_licence_counts_when_one_alternative_is_allowed_whole() {
    let allowed = ["MIT", "ISC"].map(str::to_owned).into();
    for good in ["MIT", "GPL-3.0 OR MIT", "MIT/Apache-2.0", "(MIT AND ISC) OR GPL-3.0"] {
        assert!(is_allowed(good, &allowed), "{good}");
    }
    for bad in ["GPL-3.0", "MIT AND GPL-3.0", "none", ""] {
        assert!(!is_allowed(bad, &allowed), "{bad}");
    }
}

#[test]
fn every_python_library_of_an_image_is_pinned_with_its_hash() {
    let mut locks = Vec::new();
    for folder in fs::read_dir(root().join("images")).expect("images") {
        for name in ["requirements.lock", "installer.lock"] {
            let path = folder.as_ref().expect("an entry").path().join(name);
            if path.is_file() {
                locks.push(path);
            }
        }
    }
    assert!(locks.len() >= 5, "{locks:?}");
    for path in locks {
        let text = fs::read_to_string(&path).expect("a lock").replace("\\\n", " ");
        let lines: Vec<&str> =
            text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).collect();
        assert!(!lines.is_empty(), "{}", path.display());
        for line in lines {
            let pinned = line.contains("==") && line.contains("--hash=sha256:");
            assert!(pinned, "{}: {line}", path.display());
        }
    }
}

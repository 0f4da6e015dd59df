//! Keeps the arrows of ARCHITECTURE.md: which module may name which, and which library only one
//! module may name.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// A module and those it may name, in the order of the picture, lowest first.
const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("embedded", &[]),
    ("process", &[]),
    ("rows", &[]),
    ("stats", &["domain"]),
    ("timing", &["domain"]),
    ("hiring", &["domain", "rows"]),
    ("mail", &["domain", "hiring"]),
    ("access", &["domain"]),
    ("reviewing", &["domain", "hiring"]),
    ("store", &["access", "domain", "hiring", "reviewing"]),
    ("hooks", &["domain", "hiring", "store"]),
    ("submission", &["domain"]),
    ("challenge", &["domain", "submission"]),
    ("wire", &["challenge", "domain"]),
    ("grade", &["challenge", "domain"]),
    ("sandbox", &["challenge", "domain", "process", "wire"]),
    ("run", &["challenge", "domain", "grade", "sandbox", "submission", "timing", "wire"]),
    ("batch", &["challenge", "domain", "process", "rows", "run", "sandbox", "store", "submission"]),
    ("surveys", &["domain", "stats", "store"]),
    ("image", &["challenge", "domain", "embedded", "sandbox"]),
    ("working", &["batch", "challenge", "domain", "image", "process", "run", "sandbox", "store"]),
    ("doctor", &["sandbox"]),
    ("verify", &["challenge", "domain", "grade", "run", "submission", "wire"]),
    ("package", &["challenge", "domain", "embedded", "submission"]),
    ("render", &["domain", "stats", "timing"]),
    ("sending", &["challenge", "domain", "hiring", "mail", "package", "render", "store"]),
    ("receiving", &["challenge", "domain", "hiring", "store", "submission"]),
    (
        "portal",
        &[
            "access",
            "challenge",
            "domain",
            "hiring",
            "hooks",
            "mail",
            "package",
            "receiving",
            "render",
            "reviewing",
            "sending",
            "stats",
            "store",
            "submission",
            "surveys",
        ],
    ),
    (
        "cli",
        &[
            "access",
            "batch",
            "challenge",
            "doctor",
            "domain",
            "hiring",
            "hooks",
            "image",
            "mail",
            "package",
            "portal",
            "process",
            "receiving",
            "render",
            "reviewing",
            "run",
            "sandbox",
            "sending",
            "stats",
            "store",
            "submission",
            "surveys",
            "timing",
            "verify",
            "working",
        ],
    ),
];

/// A library and the only folders whose files may name it.
const OWNERS: &[(&str, &str)] = &[
    ("argon2", "reviewing"),
    ("askama", "render"),
    ("backon", "hooks"),
    ("axum", "portal"),
    ("axum_extra", "portal"),
    ("bollard", "sandbox/docker"),
    ("clap", "cli"),
    ("comfy_table", "cli"),
    ("ed25519_dalek", "receiving"),
    ("email_address", "hiring"),
    ("governor", "portal"),
    ("http_body_util", "portal"),
    ("hyper_util", "portal"),
    ("indicatif", "cli"),
    ("jiff", "hiring"),
    ("lettre", "mail"),
    ("logos", "render"),
    ("plotters", "render"),
    ("prometheus_client", "portal/ops"),
    ("quick_junit", "render"),
    ("reqwest", "hooks"),
    ("sqlx", "store"),
    ("utoipa", "portal"),
    ("utoipa_axum", "portal"),
    ("tracing_subscriber", "cli"),
    ("rand_chacha", "timing"),
    ("statrs", "stats, timing"),
    ("tower", "portal"),
    ("tower_http", "portal"),
    ("utoipa", "portal"),
    ("utoipa_axum", "portal"),
];

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).expect("src is readable") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The top-level modules that a source text names through `crate::`, braces included.
fn named(text: &str) -> BTreeSet<String> {
    let mut modules = BTreeSet::new();
    for (start, _) in text.match_indices("crate::") {
        let rest = &text[start + "crate::".len()..];
        let Some(list) = rest.strip_prefix('{') else {
            modules.insert(word(rest));
            continue;
        };
        let (mut depth, mut item) = (1, String::new());
        for c in list.chars() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 1 => {
                    modules.insert(word(item.trim()));
                    item.clear();
                    continue;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
            item.push(c);
        }
        modules.insert(word(item.trim()));
    }
    modules.remove("");
    modules
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn modules_name_only_those_below_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let layers: BTreeMap<_, BTreeSet<&str>> =
        LAYERS.iter().map(|(module, below)| (*module, below.iter().copied().collect())).collect();
    let mut wrong = Vec::new();
    for path in sources(&root) {
        let relative = path.strip_prefix(&root).expect("below src");
        let Some(module) = relative.iter().next().and_then(|part| part.to_str()) else { continue };
        if relative.components().count() == 1 {
            continue;
        }
        let Some(allowed) = layers.get(module) else {
            wrong.push(format!("{module} is not in ARCHITECTURE.md's picture"));
            continue;
        };
        let text = fs::read_to_string(&path).expect("readable");
        for other in named(&text) {
            if other != module && !allowed.contains(other.as_str()) {
                wrong.push(format!("{} names {other}", relative.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_outside_library_stays_with_its_owner() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for path in sources(&root) {
        let relative = path.strip_prefix(&root).expect("below src").display().to_string();
        let text = fs::read_to_string(&path).expect("readable");
        for (library, owner) in OWNERS {
            let names =
                text.contains(&format!("{library}::")) || text.contains(&format!("use {library}"));
            let allowed = owner.split(", ").any(|folder| relative.starts_with(folder));
            if names && !allowed {
                wrong.push(format!("{relative} names {library}, which belongs to {owner}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_picture_in_architecture_md_names_every_module() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    for (module, _) in LAYERS {
        assert!(text.contains(&format!("`{module}`")), "ARCHITECTURE.md does not name `{module}`");
    }
}

#[test]
fn names_are_found_in_braces_and_paths() {
    let text = "use crate::{a::{b, c}, d};\nlet x = crate::e::f();";
    let found: Vec<String> = named(text).into_iter().collect();
    assert_eq!(found, ["a", "d", "e"]);
}

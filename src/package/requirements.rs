//! `requirements.txt` of a package: pytest and the allowed libraries, as the images have them.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::{challenge::Manifest, embedded};

/// A library that a manifest allows and its image does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NotInImage {
    pub(super) library: String,
    pub(super) image: &'static str,
}

/// The text of `requirements.txt`. Only what a candidate may name: pip finds what that needs.
pub(super) fn render(manifest: &Manifest) -> Result<String, NotInImage> {
    let image = manifest.image.as_str();
    let pins = pins(embedded::file(&format!("{image}/requirements.lock")));
    // The plugin runs in the judge's pytest, here and there.
    let judge = self::pins(embedded::file("judge/requirements.lock"));
    let mut text = format!(
        "# For the visible tests and your solution, as in grading ({image}, Python 3.13).\n\
         # python -m pip install -r requirements.txt\n"
    );
    let wanted = manifest.dependencies.allowed.iter().filter(|name| normal(name) != "pytest");
    for (library, pins) in
        [("pytest", &judge)].into_iter().chain(wanted.map(|name| (name.as_str(), &pins)))
    {
        let Some(pin) = pins.get(&normal(library)) else {
            return Err(NotInImage { library: library.to_owned(), image });
        };
        let _ = writeln!(text, "{pin}");
    }
    Ok(text)
}

/// `name==version` by normalised name, of a lock that pip-compile wrote.
fn pins(lock: &[u8]) -> BTreeMap<String, String> {
    String::from_utf8_lossy(lock)
        .lines()
        .filter(|line| !line.starts_with(['#', ' ']))
        .filter_map(|line| line.split([' ', ';', '\\']).next())
        .filter_map(|pin| Some((normal(pin.split_once("==")?.0), pin.to_owned())))
        .collect()
}

/// PEP 503: `Typing_Extensions` and `typing-extensions` are one distribution.
fn normal(name: &str) -> String {
    let parts: Vec<&str> = name.split(['-', '_', '.']).filter(|part| !part.is_empty()).collect();
    parts.join("-").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{normal, pins};
    use crate::embedded;

    #[test]
    fn a_lock_is_read_line_by_line_whatever_spelling_a_name_has() {
        let lock =
            b"# Made by x==1\nTyping_Extensions==4.1 \\\n    --hash=sha256:ab\nh11==0.16.0 ; x\n";
        let pins = pins(lock);
        assert_eq!(pins.len(), 2);
        assert_eq!(pins[&normal("typing.extensions")], "Typing_Extensions==4.1");
        assert_eq!(pins["h11"], "h11==0.16.0");
    }

    #[test]
    fn every_image_has_a_lock_with_the_judges_pytest() {
        let judge = pins(embedded::file("judge/requirements.lock"));
        for image in ["core", "data", "web"] {
            let pins = pins(embedded::file(&format!("{image}/requirements.lock")));
            assert_eq!(pins.get("pytest"), judge.get("pytest"), "{image}");
        }
    }
}

//! What a package holds so that its visible tests run with Python and the listed libraries alone.
//!
//! It comes back inside the submission and changes nothing there: intake leaves `.takehome` out,
//! the agent imports none of the rest, and where a challenge runs the candidate's own tests,
//! `conftest.py` without `.takehome` only keeps the visible ones out.

use super::tree::Files;
use crate::{challenge::Limits, embedded};

/// The folder of the vendored plugin; `submission` leaves it out of what comes back.
pub(super) const PLUGIN_DIR: &str = ".takehome";

const CONFTEST: &str = include_str!("local/conftest.py");
const DEFAULT_TIMEOUT: &str = "CALL_TIMEOUT_S = 30.0";
const PYTEST_INI: &str = include_str!("local/pytest.ini");

/// The Python packages of the local run, of which the first two run in sandboxes too.
const PACKAGES: [&str; 3] =
    ["agent/takehome_wire", "agent/takehome_agent", "judge/takehome_pytest"];

/// `.takehome/`.
pub(super) fn plugin() -> Files {
    PACKAGES
        .iter()
        .flat_map(|path| embedded::package(path))
        .map(|(path, bytes)| (format!("{PLUGIN_DIR}/{path}"), bytes.to_vec()))
        .collect()
}

/// `conftest.py` and `pytest.ini`.
pub(super) fn configuration(limits: &Limits) -> Files {
    let timeout = format!("CALL_TIMEOUT_S = {:?}", limits.call_timeout.as_secs_f64());
    let conftest = CONFTEST.replace(DEFAULT_TIMEOUT, &timeout);
    Files::from([
        ("conftest.py".to_owned(), conftest.into_bytes()),
        ("pytest.ini".to_owned(), PYTEST_INI.as_bytes().to_vec()),
    ])
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{configuration, plugin};
    use crate::challenge::Limits;

    #[test]
    fn all_three_packages_are_there_without_by_products() {
        let files = plugin();
        for name in ["takehome_wire", "takehome_agent", "takehome_pytest"] {
            assert!(files.contains_key(&format!(".takehome/{name}/__init__.py")), "{name}");
        }
        assert!(files.keys().all(|path| path.ends_with(".py") || path.ends_with("py.typed")));
    }

    #[test]
    fn calls_have_the_deadline_of_the_manifest() {
        let limits = Limits { call_timeout: Duration::from_millis(2500), ..Limits::default() };
        let conftest = String::from_utf8(configuration(&limits)["conftest.py"].clone()).unwrap();
        assert!(conftest.contains("\nCALL_TIMEOUT_S = 2.5\n"), "{conftest}");
    }
}

use askama::filters::Safe;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// What every page has around its content.
pub(in crate::render) struct Page {
    /// The document's title; escaped by the template.
    pub(in crate::render) title: String,
    /// The content security policy.
    pub(in crate::render) policy: String,
    pub(in crate::render) style: Safe<&'static str>,
    pub(in crate::render) script: Safe<&'static str>,
    /// The version of this program.
    pub(in crate::render) version: &'static str,
}

impl Page {
    /// A page of this title, which is shown text already.
    pub(in crate::render) fn new(title: String) -> Self {
        let hash = STANDARD.encode(Sha256::digest(SCRIPT.as_bytes()));
        Self {
            title,
            policy: format!(
                "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
                 script-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'"
            ),
            style: Safe(STYLE),
            script: Safe(SCRIPT),
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{SCRIPT, STYLE};

    #[test]
    fn neither_style_nor_script_can_end_its_element_or_reach_out() {
        for text in [STYLE, SCRIPT] {
            assert!(text.is_ascii() && !text.contains("</"));
            for outside in
                ["http", "//", "url(", "@import", "import(", "fetch", "innerHTML", "eval"]
            {
                assert!(!text.contains(outside), "{outside}");
            }
        }
    }
}

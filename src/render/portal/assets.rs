use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};

/// A file that pages load.
#[derive(Debug)]
pub struct Asset {
    /// As pages name it, with its digest in it: `portal.1a2b3c4d5e6f.css`.
    pub name: String,
    /// Its media type.
    pub kind: &'static str,
    /// Its content.
    pub text: &'static str,
    /// As it is called here.
    plain: &'static str,
}

const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const ICON: &str = "image/svg+xml";

/// Another script is another line.
const FILES: &[(&str, &str, &str)] = &[
    ("portal.css", STYLE, include_str!("assets/portal.css")),
    ("icon.svg", ICON, include_str!("assets/icon.svg")),
    ("team.css", STYLE, include_str!("assets/team.css")),
    ("team.js", SCRIPT, include_str!("assets/team.js")),
    ("upload.js", SCRIPT, include_str!("assets/upload.js")),
];

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let asset = |(plain, kind, text): &(&'static str, &'static str, &'static str)| {
        let digest = hex::encode(&Sha256::digest(text.as_bytes())[..6]);
        let (stem, ending) = plain.rsplit_once('.').unwrap_or((plain, "txt"));
        Asset { name: format!("{stem}.{digest}.{ending}"), kind, text, plain }
    };
    FILES.iter().map(asset).collect()
});

/// The file that pages know by that name.
pub fn asset(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

/// The path by which a page names the file `plain`, such as `upload.js`.
///
/// # Panics
/// When there is no such file, which every test of the page that names it would show.
pub fn asset_path(plain: &str) -> String {
    let found = ASSETS.iter().find(|asset| asset.plain == plain);
    format!("/assets/{}", found.expect("the file is listed above").name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_by_the_name_that_pages_have_for_it() {
        for (plain, kind, _) in FILES {
            let path = asset_path(plain);
            let found = asset(path.strip_prefix("/assets/").expect("a path")).expect("a file");
            assert_eq!(found.kind, *kind);
        }
        assert!(asset("portal.css").is_none());
    }

    #[test]
    fn nothing_comes_from_elsewhere_and_no_text_becomes_code() {
        for (plain, _, text) in FILES {
            let text = text.replace("http://www.w3.org/2000/svg", "");
            for word in
                ["http:", "https:", "url(", "@import", "innerHTML", "eval(", "document.write"]
            {
                assert!(!text.contains(word), "{plain} has {word}");
            }
        }
    }
}

use super::asset_path;
use crate::render::text;

/// What stands around a page's content. Every template that extends `layout.html` has one as `frame`.
#[derive(Debug, Clone)]
pub struct Frame {
    pub(in crate::render) title: String,
    pub(in crate::render) nav: Vec<NavLink>,
    pub(in crate::render) style: String,
    pub(in crate::render) icon: String,
    pub(in crate::render) scripts: Vec<String>,
    pub(in crate::render) version: &'static str,
}

/// One of the links at the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavLink {
    /// Where it leads: a path of the portal.
    pub path: String,
    /// What it says.
    pub text: String,
    /// Whether this page is it.
    pub current: bool,
}

impl Frame {
    /// Of a page of this title.
    pub fn new(title: &str) -> Self {
        Self {
            title: text::line(title),
            nav: Vec::new(),
            style: asset_path("portal.css"),
            icon: asset_path("icon.svg"),
            scripts: Vec::new(),
            version: env!("CARGO_PKG_VERSION"),
        }
    }

    /// With a script of the portal's, such as `upload.js`.
    #[must_use]
    pub fn script(mut self, name: &str) -> Self {
        self.scripts.push(asset_path(name));
        self
    }

    /// With these links at the top.
    #[must_use]
    pub fn nav(mut self, links: Vec<NavLink>) -> Self {
        self.nav = links;
        self
    }
}

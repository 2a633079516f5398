//! Files that pages need, built in.

use crate::conditional::tag;

/// A file.
pub(crate) struct Asset {
    pub(crate) name: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) content: &'static str,
}

/// The style of the directory page.
pub(crate) const DIRECTORY: Asset = Asset {
    name: "directory.css",
    content_type: "text/css; charset=utf-8",
    content: include_str!("../assets/directory.css"),
};

impl Asset {
    /// Changes with the content, so that browsers may keep what it names.
    pub(crate) fn url(&self) -> String {
        format!("/assets/{}?v={}", self.name, tag(self.content.as_bytes()))
    }
}

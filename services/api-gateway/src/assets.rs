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

/// The style of the page on which a badge is chosen.
pub(crate) const BADGE_STYLE: Asset = Asset {
    name: "badge.css",
    content_type: "text/css; charset=utf-8",
    content: include_str!("../assets/badge.css"),
};

/// What makes that page quicker to use.
pub(crate) const BADGE_SCRIPT: Asset = Asset {
    name: "badge.js",
    content_type: "text/javascript; charset=utf-8",
    content: include_str!("../assets/badge.js"),
};

impl Asset {
    /// Changes with the content, so that browsers may keep what it names.
    pub(crate) fn url(&self) -> String {
        format!("/assets/{}?v={}", self.name, tag(self.content.as_bytes()))
    }
}

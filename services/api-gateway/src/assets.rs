//! Files that pages need, built in.

use crate::conditional::tag;

/// A file.
pub(crate) struct Asset {
    pub(crate) name: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) content: &'static str,
}

macro_rules! asset {
    ($content_type:literal, $name:literal) => {
        Asset {
            name: $name,
            content_type: $content_type,
            content: include_str!(concat!("../assets/", $name)),
        }
    };
}

/// What all pages look like.
pub(crate) const BASE_STYLE: Asset = asset!("text/css; charset=utf-8", "base.css");
/// The style of the directory.
pub(crate) const DIRECTORY: Asset = asset!("text/css; charset=utf-8", "directory.css");
/// The style of the page on which a badge is chosen.
pub(crate) const BADGE_STYLE: Asset = asset!("text/css; charset=utf-8", "badge.css");
/// What makes that page quicker to use.
pub(crate) const BADGE_SCRIPT: Asset = asset!("text/javascript; charset=utf-8", "badge.js");
/// The style of the pages about a name or a provider.
pub(crate) const CHECK_STYLE: Asset = asset!("text/css; charset=utf-8", "check.css");
/// What shows how a check goes on.
pub(crate) const CHECK_SCRIPT: Asset = asset!("text/javascript; charset=utf-8", "check.js");
/// What copies snippets.
pub(crate) const COPY_SCRIPT: Asset = asset!("text/javascript; charset=utf-8", "copy.js");
/// What the extended check adds to that style.
pub(crate) const EXTENDED_STYLE: Asset = asset!("text/css; charset=utf-8", "extended.css");
/// The picture of the site in tabs and lists.
pub(crate) const ICON: Asset = asset!("image/svg+xml", "icon.svg");

/// All of them.
pub(crate) static ALL: [Asset; 9] = [
    ICON,
    BASE_STYLE,
    DIRECTORY,
    BADGE_STYLE,
    BADGE_SCRIPT,
    CHECK_STYLE,
    CHECK_SCRIPT,
    COPY_SCRIPT,
    EXTENDED_STYLE,
];

impl Asset {
    /// Changes with the content, so that browsers may keep what it names.
    pub(crate) fn url(&self) -> String {
        format!("/assets/{}?v={}", self.name, tag(self.content.as_bytes()))
    }
}

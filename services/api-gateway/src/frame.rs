//! What all pages have around them.

use std::sync::LazyLock;

use crate::assets::{BASE_STYLE, ICON};

static STYLESHEET: LazyLock<String> = LazyLock::new(|| BASE_STYLE.url());
static ICON_URL: LazyLock<String> = LazyLock::new(|| ICON.url());

/// What the frame around a page says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    /// The path of the link in the navigation that leads to this page; empty when none does.
    here: &'static str,
    /// Whether all data is made up.
    pub(crate) is_demo: bool,
    pub(crate) links: [(&'static str, &'static str); 4],
    pub(crate) stylesheet: &'static str,
    pub(crate) icon: &'static str,
}

impl Frame {
    pub(crate) fn new(here: &'static str, is_demo: bool) -> Self {
        let links =
            [("/", "Check"), ("/directory/", "Directory"), ("/badge", "Badge"), ("/api-docs/", "API")];
        Self { here, is_demo, links, stylesheet: &STYLESHEET, icon: &ICON_URL }
    }

    pub(crate) fn is_here(&self, path: &str) -> bool {
        self.here == path
    }
}

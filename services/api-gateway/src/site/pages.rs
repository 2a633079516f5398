//! The pages as they are written.

use std::sync::LazyLock;

use askama::Template;

use super::{CheckResult, Example, Site};
use crate::assets;
use crate::frame::Frame;

static STYLE: LazyLock<String> = LazyLock::new(|| assets::CHECK_STYLE.url());
static SCRIPT: LazyLock<String> = LazyLock::new(|| assets::CHECK_SCRIPT.url());
static COPY_SCRIPT: LazyLock<String> = LazyLock::new(|| assets::COPY_SCRIPT.url());

#[derive(Template)]
#[template(path = "check.html")]
struct CheckPage<'a> {
    frame: Frame,
    stylesheet: &'static str,
    script: &'static str,
    copy_script: &'static str,
    typed: &'a str,
    error: Option<String>,
    examples: &'static [Example],
    result: Option<&'a CheckResult>,
}

/// The empty form.
pub(crate) fn form(site: &Site) -> String {
    check_page(site, "", None, None)
}

/// The form with what is wrong with what was typed.
pub(crate) fn ask(site: &Site, typed: &str, error: String) -> String {
    check_page(site, typed, Some(error), None)
}

/// What was found.
pub(crate) fn with_result(site: &Site, result: &CheckResult) -> String {
    check_page(site, "", None, Some(result))
}

fn check_page(site: &Site, typed: &str, error: Option<String>, result: Option<&CheckResult>) -> String {
    let page = CheckPage {
        frame: Frame::new("/", site.is_demo()),
        stylesheet: &STYLE,
        script: &SCRIPT,
        copy_script: &COPY_SCRIPT,
        typed,
        error,
        examples: site.examples,
        result,
    };
    page.render().expect("texts and numbers can be written to a String")
}

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage<'a> {
    frame: Frame,
    stylesheet: &'static str,
    title: &'a str,
    text: &'a str,
    typed: &'a str,
    /// Whether to say what other pages there are.
    is_missing: bool,
}

/// A page that says why there is no other.
pub(crate) fn notice(title: &str, text: &str, typed: &str, is_missing: bool, is_demo: bool) -> String {
    let page =
        NoticePage { frame: Frame::new("", is_demo), stylesheet: &STYLE, title, text, typed, is_missing };
    page.render().expect("texts can be written to a String")
}

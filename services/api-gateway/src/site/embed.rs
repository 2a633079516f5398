use std::sync::LazyLock;

use askama::Template;

use crate::assets;
use crate::frame::Frame;

static STYLE: LazyLock<String> = LazyLock::new(|| assets::CHECK_STYLE.url());

/// The form in a frame of another site.
#[derive(Template)]
#[template(path = "embed_check.html")]
struct FramedForm {
    frame: Frame,
    stylesheet: &'static str,
}

/// The page that says how to embed the form.
#[derive(Template)]
#[template(path = "embed.html")]
struct Explained {
    frame: Frame,
    stylesheet: &'static str,
    copy_script: String,
    may_show: bool,
    frame_html: String,
    form_html: String,
}

#[derive(Template)]
#[template(
    source = r#"<iframe src="{{ origin }}/embed/check" width="360" height="200" title="Check whether a website is hosted on green energy" loading="lazy" referrerpolicy="no-referrer"></iframe>"#,
    ext = "html"
)]
struct FrameSnippet<'a> {
    origin: &'a str,
}

#[derive(Template)]
#[template(
    source = r#"<form method="get" action="{{ origin }}/check">
<label for="green-check">Is this website hosted on green energy?</label>
<input id="green-check" name="url" placeholder="www.example.com" required>
<button type="submit">Check</button>
</form>"#,
    ext = "html"
)]
struct FormSnippet<'a> {
    origin: &'a str,
}

pub(crate) fn framed_form(is_demo: bool) -> String {
    filled(&FramedForm { frame: Frame::new("", is_demo), stylesheet: &STYLE })
}

/// `may_show`: whether this server may embed its own form.
pub(crate) fn explained(origin: &str, may_show: bool, is_demo: bool) -> String {
    filled(&Explained {
        frame: Frame::new("", is_demo),
        stylesheet: &STYLE,
        copy_script: assets::COPY_SCRIPT.url(),
        may_show,
        frame_html: filled(&FrameSnippet { origin }),
        form_html: filled(&FormSnippet { origin }),
    })
}

fn filled(template: &impl Template) -> String {
    template.render().expect("texts can be written to a String")
}

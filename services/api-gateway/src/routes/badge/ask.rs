use std::borrow::Cow;

use greencheck_core::badge::{Badge, Claim, ImageFormat, Scale, Style, Theme};

use crate::respond::query_value;

/// The paths that have badges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::routes) enum Route {
    /// The platform's old path.
    Old,
    /// The platform's present path.
    Present,
    /// Ours, with a choice of forms.
    Chosen,
}

impl Route {
    pub(in crate::routes) const ALL: [Self; 3] = [Self::Old, Self::Present, Self::Chosen];

    pub(in crate::routes) fn prefix(self) -> &'static str {
        match self {
            Self::Old => "/greencheckimage/",
            Self::Present => "/api/v3/greencheckimage/",
            Self::Chosen => "/api/v4/badge/",
        }
    }

    /// What the router knows it by.
    pub(in crate::routes) fn pattern(self) -> &'static str {
        match self {
            Self::Old => "/greencheckimage/{name:.*}",
            Self::Present => "/api/v3/greencheckimage/{name:.*}",
            Self::Chosen => "/api/v4/badge/{name:.*}",
        }
    }

    /// What its badges say of `claim`: only those of the last tell names that could not be looked up from grey ones.
    pub(super) fn claim(self, claim: Claim) -> Claim {
        if self == Self::Chosen { claim } else { claim.without_unknown() }
    }

    fn style(self) -> Style {
        match self {
            Self::Old => Style::Large,
            Self::Present | Self::Chosen => Style::Standard,
        }
    }
}

/// What a badge is answered as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Output {
    Image(ImageFormat),
    /// What shields.io asks an endpoint for.
    Shields,
}

/// What was asked for. A choice that there is not counts as none made: a badge is better than an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ask<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) output: Output,
    pub(super) style: Style,
    pub(super) theme: Theme,
    pub(super) scale: Scale,
    /// Whether nothing at hand may answer.
    pub(super) force: bool,
}

impl<'a> Ask<'a> {
    pub(super) fn of(path: &'a str, query: &str, route: Route) -> Self {
        let typed = path.strip_prefix(route.prefix()).unwrap_or_default();
        // Bytes that are not UTF-8 become characters that no host name has.
        let typed = percent_encoding::percent_decode_str(typed).decode_utf8_lossy();
        let (name, output) = match route {
            Route::Chosen => name_and_output(typed),
            Route::Old | Route::Present => (typed, Output::Image(ImageFormat::Png)),
        };
        let plain =
            Self { name, output, style: route.style(), theme: Theme::Light, scale: Scale::One, force: false };
        if query.is_empty() { plain } else { plain.with_choices(query, route) }
    }

    fn with_choices(self, query: &str, route: Route) -> Self {
        let style = query_value(query, "style").and_then(Style::from_name);
        let scale = query_value(query, "scale").and_then(|scale| scale.parse().ok());
        Self {
            style: style.filter(|_| route == Route::Chosen).unwrap_or(self.style),
            theme: query_value(query, "theme").and_then(Theme::from_name).unwrap_or(self.theme),
            scale: scale.and_then(|scale: u8| Scale::try_from(scale).ok()).unwrap_or(self.scale),
            force: query_value(query, "nocache") == Some("true"),
            ..self
        }
    }

    pub(super) fn badge(&self, claim: Claim, format: ImageFormat) -> Badge {
        Badge { claim, style: self.style, theme: self.theme, scale: self.scale, format }
    }
}

/// Takes the ending off that says the form; without one it is a PNG.
fn name_and_output(typed: Cow<'_, str>) -> (Cow<'_, str>, Output) {
    let of_ending = |ending| {
        let format = ImageFormat::from_extension(ending).map(Output::Image);
        format.or_else(|| (ending == "json").then_some(Output::Shields))
    };
    let ended = typed.rsplit_once('.').and_then(|(name, ending)| Some((name.len(), of_ending(ending)?)));
    match ended {
        Some((length, output)) => (start(typed, length), output),
        None => (typed, Output::Image(ImageFormat::Png)),
    }
}

fn start(text: Cow<'_, str>, length: usize) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[..length]),
        Cow::Owned(mut text) => {
            text.truncate(length);
            Cow::Owned(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(route: Route, rest: &str) -> Ask<'static> {
        let (typed, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path = format!("{}{typed}", route.prefix());
        let ask = Ask::of(&path, query, route);
        Ask { name: ask.name.into_owned().into(), ..ask }
    }

    #[test]
    fn the_ending_says_the_form() {
        let form = |rest| {
            let ask = ask(Route::Chosen, rest);
            (ask.name, ask.output)
        };
        let image = |name: &'static str, format| (name.into(), Output::Image(format));
        assert_eq!(form("example.com.svg"), image("example.com", ImageFormat::Svg));
        assert_eq!(form("example.com.webp"), image("example.com", ImageFormat::WebP));
        assert_eq!(form("example.com"), image("example.com", ImageFormat::Png));
        assert_eq!(form("m%C3%BCnchen.de.png"), image("münchen.de", ImageFormat::Png));
        assert_eq!(form("https://example.com/a%2Fb.svg"), image("https://example.com/a/b", ImageFormat::Svg));
        assert_eq!(form("example.com.json"), ("example.com".into(), Output::Shields));
    }

    #[test]
    fn choices_that_there_are_not_count_as_none() {
        let plain = ask(Route::Chosen, "example.com.svg");
        assert_eq!(ask(Route::Chosen, "example.com.svg?scale=7&theme=pink&style=round"), plain);
        let chosen = ask(Route::Chosen, "example.com.svg?style=flat&theme=dark&scale=2&nocache=true");
        assert_eq!(
            (chosen.style, chosen.theme, chosen.scale, chosen.force),
            (Style::Flat, Theme::Dark, Scale::Two, true)
        );
    }

    #[test]
    fn the_platforms_paths_keep_their_sizes() {
        assert_eq!(ask(Route::Old, "example.com?style=flat").style, Style::Large);
        assert_eq!(ask(Route::Present, "example.com?style=flat").style, Style::Standard);
        assert_eq!(ask(Route::Present, "example.com").name, "example.com");
    }
}

use actix_web::http::header::{HeaderName, HeaderValue};

/// The name of a header, as a line begins with it; made by [`field!`](crate::field).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field(&'static str);

/// Names a header in lower case.
#[macro_export]
macro_rules! field {
    ($name:literal) => {
        $crate::Field::of_line(concat!($name, ": "))
    };
}

impl Field {
    /// `line` is a name, a colon and a space.
    #[doc(hidden)]
    pub const fn of_line(line: &'static str) -> Self {
        Self(line)
    }

    pub(super) fn line(self) -> &'static [u8] {
        self.0.as_bytes()
    }

    pub(super) fn name(self) -> HeaderName {
        HeaderName::from_static(self.0.trim_end_matches(": "))
    }
}

/// Headers that many answers have in common, put together once.
#[derive(Debug, Clone, Default)]
pub struct SharedHeaders {
    lines: Vec<(HeaderName, HeaderValue)>,
    text: Vec<u8>,
}

impl SharedHeaders {
    /// With one more.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            self.text.extend_from_slice(part);
        }
        self.lines.push((name, value));
        self
    }

    pub(super) fn lines(&self) -> &[(HeaderName, HeaderValue)] {
        &self.lines
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }
}

impl FromIterator<(HeaderName, HeaderValue)> for SharedHeaders {
    fn from_iter<I: IntoIterator<Item = (HeaderName, HeaderValue)>>(headers: I) -> Self {
        headers.into_iter().fold(Self::default(), |shared, (name, value)| shared.with(name, value))
    }
}

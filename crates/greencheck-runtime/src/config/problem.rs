use std::fmt;
use std::sync::Arc;

use serde::de::{self, Expected, Unexpected};

use super::ConfigError;

/// Why a setting cannot be read; its place is added on the way out of the tree.
#[derive(Debug)]
pub(super) struct Problem {
    text: String,
    /// The innermost key first.
    path: Vec<String>,
    origin: Option<Arc<str>>,
}

impl Problem {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), path: Vec::new(), origin: None }
    }

    /// A key that nobody has; `known` are the keys beside it.
    pub(super) fn unknown_key(key: &str, known: &[&str]) -> Self {
        let advice = match nearest(key, known) {
            Some(near) => format!("; did you mean `{near}`?"),
            None if known.is_empty() => String::new(),
            None => format!("; known here are {}", known.join(", ")),
        };
        Self::new(format!("unknown key{advice}"))
    }

    /// Adds the place: `key` of a table, where `origin` has put something.
    pub(super) fn at(mut self, key: &str, origin: &Arc<str>) -> Self {
        self.path.push(key.to_owned());
        self.origin.get_or_insert_with(|| Arc::clone(origin));
        self
    }
}

impl From<Problem> for ConfigError {
    fn from(problem: Problem) -> Self {
        let origin = problem.origin.as_deref().unwrap_or("configuration");
        let path: Vec<_> = problem.path.iter().rev().map(String::as_str).collect();
        let place = if path.is_empty() { String::new() } else { format!("{}: ", path.join(".")) };
        Self::invalid(origin, format!("{place}{}", problem.text))
    }
}

impl de::Error for Problem {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self::new(text.to_string())
    }

    /// Says the kind only: a secret in the wrong place must not be shown.
    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("expected {expected}, found {}", kind(found)))
    }

    fn unknown_variant(found: &str, expected: &'static [&'static str]) -> Self {
        Self::new(format!("`{found}` is none of {}", expected.join(", ")))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::unknown_key(field, expected)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Problem {}

fn kind(found: Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "a whole number",
        Unexpected::Float(_) => "a number",
        Unexpected::Char(_) | Unexpected::Str(_) | Unexpected::Bytes(_) => "a text",
        Unexpected::Seq => "a list",
        Unexpected::Map => "a table",
        _ => "something else",
    }
}

/// The known key that is at most a third of its letters away.
fn nearest<'a>(key: &str, known: &[&'a str]) -> Option<&'a str> {
    let close = |candidate: &&str| edits(key, candidate) <= candidate.len().div_ceil(3);
    known.iter().copied().filter(close).min_by_key(|candidate| edits(key, candidate))
}

/// The Levenshtein distance.
fn edits(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in to.chars().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_key_is_close_or_there_is_none() {
        assert_eq!((edits("listn", "listen"), edits("", "abc"), edits("kitten", "sitting")), (1, 3, 3));
        let known = ["listen", "workers", "keep_alive"];
        assert_eq!(nearest("listn", &known), Some("listen"));
        assert_eq!(nearest("keepalive", &known), Some("keep_alive"));
        assert_eq!(nearest("colour", &known), None);
    }
}

use std::collections::BTreeMap;
use std::sync::Arc;

use toml::{Table, Value};

/// Settings that know where they come from.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// The file, the variable or the layer that said so last.
    pub(super) origin: Arc<str>,
    pub(super) content: Content,
}

#[derive(Debug, Clone)]
pub(super) enum Content {
    Table(BTreeMap<String, Node>),
    /// Typed by TOML; never a table.
    Value(Value),
    /// A text of the environment, typed by whoever reads it.
    Text(String),
}

impl Node {
    pub(super) fn table(origin: &str, entries: BTreeMap<String, Self>) -> Self {
        Self { origin: origin.into(), content: Content::Table(entries) }
    }

    pub(super) fn from_toml(table: Table, origin: &str) -> Self {
        Self::of_value(Value::Table(table), &origin.into())
    }

    pub(super) fn of_value(value: Value, origin: &Arc<str>) -> Self {
        let content = match value {
            Value::Table(table) => {
                let entries = table.into_iter().map(|(key, value)| (key, Self::of_value(value, origin)));
                Content::Table(entries.collect())
            }
            value => Content::Value(value),
        };
        Self { origin: Arc::clone(origin), content }
    }

    /// `text` within a table for each step of `path`.
    pub(super) fn at(path: &[String], text: String, origin: &str) -> Self {
        let leaf = Self { origin: origin.into(), content: Content::Text(text) };
        path.iter().rev().fold(leaf, |inner, key| Self::table(origin, BTreeMap::from([(key.clone(), inner)])))
    }

    /// Takes over what `other` says; tables are joined, anything else is replaced.
    pub(super) fn merge(&mut self, other: Self) {
        match (&mut self.content, other) {
            (Content::Table(mine), Self { content: Content::Table(entries), .. }) => {
                for (key, entry) in entries {
                    match mine.get_mut(&key) {
                        Some(known) => known.merge(entry),
                        None => {
                            mine.insert(key, entry);
                        }
                    }
                }
            }
            (_, other) => *self = other,
        }
    }
}

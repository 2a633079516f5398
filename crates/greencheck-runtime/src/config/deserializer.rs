//! Reads a type of settings from a tree of [`Node`]s.
//!
//! The type asks for what it is made of; a text of the environment becomes that. Written by hand because the errors must
//! know the key and the source, which the deserialiser of `toml` has forgotten once tables are merged.

use std::collections::btree_map;
use std::str::FromStr;
use std::sync::Arc;

use serde::de::value::{MapAccessDeserializer, SeqDeserializer};
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;
use toml::Value;

use super::node::{Content, Node};
use super::problem::Problem;

/// Sections that are no error although this process does not have them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Foreign<'a> {
    Named(&'a [&'static str]),
    All,
}

/// The whole configuration.
pub(super) struct Root<'a> {
    pub(super) tree: Node,
    pub(super) foreign: Foreign<'a>,
}

impl Root<'_> {
    /// The sections among `own`; an error for what nobody has.
    fn retain(self, own: &'static [&'static str]) -> Result<Node, Problem> {
        let mut tree = self.tree;
        if let Content::Table(sections) = &mut tree.content {
            if let Foreign::Named(foreign) = self.foreign {
                let known: Vec<_> = own.iter().chain(foreign).copied().collect();
                if let Some((name, node)) = sections.iter().find(|(name, _)| !known.contains(&name.as_str()))
                {
                    return Err(Problem::unknown_key(name, &known).at(name, &node.origin));
                }
            }
            sections.retain(|name, _| own.contains(&name.as_str()));
        }
        Ok(tree)
    }
}

impl<'de> Deserializer<'de> for Root<'_> {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.tree.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        self.retain(fields)?.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// Methods that parse a text of the environment with `$parse` and leave the rest to TOML's types.
macro_rules! parsed {
    ($($method:ident)* => $parse:ident) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
            match &self.content {
                Content::Text(text) => $parse(text.trim(), visitor),
                _ => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Node {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.content {
            Content::Table(entries) => visitor.visit_map(Entries { rest: entries.into_iter(), value: None }),
            Content::Text(text) | Content::Value(Value::String(text)) => visitor.visit_string(text),
            Content::Value(Value::Integer(number)) => visitor.visit_i64(number),
            Content::Value(Value::Float(number)) => visitor.visit_f64(number),
            Content::Value(Value::Boolean(truth)) => visitor.visit_bool(truth),
            Content::Value(Value::Datetime(time)) => visitor.visit_string(time.to_string()),
            Content::Value(Value::Array(items)) => {
                let items = items.into_iter().map(|item| Self::of_value(item, &self.origin));
                visitor.visit_seq(SeqDeserializer::new(items))
            }
            Content::Value(Value::Table(_)) => unreachable!("tables become nodes"),
        }
    }

    parsed! { deserialize_bool => boolean }
    parsed! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 => signed }
    parsed! { deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 => unsigned }
    parsed! { deserialize_f32 deserialize_f64 => number }
    parsed! { deserialize_seq => list }

    fn deserialize_tuple<V: Visitor<'de>>(self, _length: usize, visitor: V) -> Result<V::Value, Problem> {
        self.deserialize_seq(visitor)
    }

    /// There is no other way for a variable to say "none", which a file or a default may have set.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match &self.content {
            Content::Text(text) if text.is_empty() => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        match self.content {
            Content::Table(entries) => {
                let entries = Entries { rest: entries.into_iter(), value: None };
                visitor.visit_enum(MapAccessDeserializer::new(entries))
            }
            Content::Text(text) | Content::Value(Value::String(text)) => {
                visitor.visit_enum(text.into_deserializer())
            }
            Content::Value(_) => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct tuple_struct map struct identifier ignored_any
    }
}

impl IntoDeserializer<'_, Problem> for Node {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// The rest of a table, and the entry whose key was read last.
struct Entries {
    rest: btree_map::IntoIter<String, Node>,
    value: Option<(String, Node)>,
}

impl<'de> MapAccess<'de> for Entries {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Problem> {
        let Some((key, node)) = self.rest.next() else { return Ok(None) };
        let read = seed
            .deserialize(IntoDeserializer::<Problem>::into_deserializer(key.as_str()))
            .map_err(|problem| problem.at(&key, &node.origin))?;
        self.value = Some((key, node));
        Ok(Some(read))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Problem> {
        let (key, node) = self.value.take().expect("serde asks for the value after its key");
        let origin = Arc::clone(&node.origin);
        seed.deserialize(node).map_err(|problem| problem.at(&key, &origin))
    }
}

fn boolean<'de, V: Visitor<'de>>(text: &str, visitor: V) -> Result<V::Value, Problem> {
    visitor.visit_bool(parse(text, "`true` or `false`")?)
}

fn signed<'de, V: Visitor<'de>>(text: &str, visitor: V) -> Result<V::Value, Problem> {
    visitor.visit_i64(parse(text, "a whole number")?)
}

fn unsigned<'de, V: Visitor<'de>>(text: &str, visitor: V) -> Result<V::Value, Problem> {
    visitor.visit_u64(parse(text, "a whole number that is not negative")?)
}

fn number<'de, V: Visitor<'de>>(text: &str, visitor: V) -> Result<V::Value, Problem> {
    visitor.visit_f64(parse(text, "a number")?)
}

fn list<'de, V: Visitor<'de>>(text: &str, visitor: V) -> Result<V::Value, Problem> {
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    let nodes = items.map(|item| Node { origin: "".into(), content: Content::Text(item.to_owned()) });
    visitor.visit_seq(SeqDeserializer::new(nodes))
}

fn parse<T: FromStr>(text: &str, what: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::new(format!("`{text}` is not {what}")))
}

use toml::{Table, Value};

const PREFIX: &str = "GREENCHECK__";
const SEPARATOR: &str = "__";

/// The variables of the project, whatever else the environment holds.
#[derive(Debug, Clone, Default)]
pub struct Environment(Vec<(String, String)>);

impl Environment {
    /// That of this process.
    pub fn of_this_process() -> Self {
        Self::of(
            std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
        )
    }

    /// The given variables.
    pub fn of(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut variables: Vec<_> =
            variables.into_iter().filter(|(name, _)| name.starts_with(PREFIX)).collect();
        variables.sort_unstable();
        Self(variables)
    }

    /// Each variable's name, the path of its setting, and its text.
    pub(super) fn settings(&self) -> impl Iterator<Item = (String, Vec<String>, &str)> {
        self.0.iter().map(|(name, text)| {
            let path = name[PREFIX.len()..].split(SEPARATOR).map(str::to_lowercase).collect();
            (name.clone(), path, text.as_str())
        })
    }
}

/// The value that `text` stands for at `path`: of the kind that the default has.
pub(super) fn value(path: &[String], text: &str, shapes: &Table) -> Value {
    let as_text = || Value::String(text.to_owned());
    match shape(path, shapes) {
        Some(Value::Array(_)) => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Value::Array(items.map(|item| Value::String(item.to_owned())).collect())
        }
        Some(Value::Integer(_)) => text.trim().parse().map_or_else(|_| as_text(), Value::Integer),
        Some(Value::Float(_)) => text.trim().parse().map_or_else(|_| as_text(), Value::Float),
        Some(Value::Boolean(_)) => text.trim().parse().map_or_else(|_| as_text(), Value::Boolean),
        Some(Value::String(_) | Value::Datetime(_) | Value::Table(_)) | None => as_text(),
    }
}

fn shape<'a>(path: &[String], shapes: &'a Table) -> Option<&'a Value> {
    let (last, sections) = path.split_last()?;
    let mut table = shapes;
    for section in sections {
        table = table.get(section)?.as_table()?;
    }
    table.get(last)
}

/// `value` within tables for each step of `path`.
pub(super) fn nested(path: &[String], value: Value) -> Table {
    let mut nested = value;
    for key in path.iter().rev() {
        nested = Value::Table(Table::from_iter([(key.clone(), nested)]));
    }
    match nested {
        Value::Table(table) => table,
        _ => Table::new(),
    }
}

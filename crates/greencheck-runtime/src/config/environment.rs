use std::ffi::OsString;

use super::ConfigError;
use super::node::Node;

const PREFIX: &str = "GREENCHECK__";
const SEPARATOR: &str = "__";

/// The variables of the project, whatever else the environment holds.
#[derive(Clone, Default)]
pub struct Environment(Vec<(String, OsString)>);

impl Environment {
    /// That of this process. Only mains read it.
    pub fn of_this_process() -> Self {
        Self::from_os(std::env::vars_os())
    }

    /// The given variables.
    pub fn of(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        Self::from_os(variables.into_iter().map(|(name, text)| (name.into(), text.into())))
    }

    fn from_os(variables: impl Iterator<Item = (OsString, OsString)>) -> Self {
        let ours = |(name, text): (OsString, OsString)| Some((name.into_string().ok()?, text));
        let mut variables: Vec<_> =
            variables.filter_map(ours).filter(|(name, _)| name.starts_with(PREFIX)).collect();
        // The environment has no order; errors and ties shall have one.
        variables.sort_unstable();
        Self(variables)
    }

    /// Each variable as the setting that it stands for.
    pub(super) fn settings(&self) -> impl Iterator<Item = Result<Node, ConfigError>> {
        self.0.iter().map(|(name, text)| {
            let text = text.to_str().ok_or_else(|| ConfigError::invalid(name, "the value is not UTF-8"))?;
            let path: Vec<_> = name[PREFIX.len()..].split(SEPARATOR).map(str::to_lowercase).collect();
            Ok(Node::at(&path, text.to_owned(), name))
        })
    }
}

impl std::fmt::Debug for Environment {
    /// Names only: values may be secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

//! Why a command ends without having done its work, and its exit code.

use std::fmt;
use std::process::ExitCode;

use greencheck_core::ports::StoreError;

/// Who can help: the one who typed the command, or the one who runs the machine.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The input is wrong, and nothing was changed.
    Input(anyhow::Error),
    /// The work could not be done.
    Work(anyhow::Error),
}

impl Failure {
    pub(crate) fn input(message: impl fmt::Display + fmt::Debug + Send + Sync + 'static) -> Self {
        Self::Input(anyhow::Error::msg(message))
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Input(_) => ExitCode::from(2),
            Self::Work(_) => ExitCode::from(3),
        }
    }

    /// The error below all that was said of what was being done, if it is such a one.
    pub(crate) fn cause<E: std::error::Error + Send + Sync + 'static>(&self) -> Option<&E> {
        let (Self::Input(error) | Self::Work(error)) = self;
        error.downcast_ref()
    }

    /// Says what was being done.
    pub(crate) fn context(self, doing: impl fmt::Display + Send + Sync + 'static) -> Self {
        match self {
            Self::Input(error) => Self::Input(error.context(doing)),
            Self::Work(error) => Self::Work(error.context(doing)),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(error) | Self::Work(error) => write!(f, "{error:#}"),
        }
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Work(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Invalid(_) => Self::Input(error.into()),
            StoreError::Unavailable(_) | StoreError::Query(_) | StoreError::Corrupt(_) => {
                Self::Work(error.into())
            }
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Work(error.into())
    }
}

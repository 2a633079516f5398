//! What a driver says, in the words of the port.

use diesel::result::{DatabaseErrorKind as Kind, Error};
use greencheck_core::ports::{Source, StoreError};

/// Classes of errors (PostgreSQL, appendix A).
const DATA_EXCEPTION: &str = "22";
const INTEGRITY_CONSTRAINT_VIOLATION: &str = "23";

/// What ends a transaction: the driver, or we.
pub(crate) enum Failure {
    Driver(Error),
    Store(StoreError),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Driver(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Driver(error) => query_error(error),
            Failure::Store(error) => error,
        }
    }
}

pub(crate) fn unavailable(error: impl Into<Source>) -> StoreError {
    StoreError::Unavailable(error.into())
}

pub(crate) fn query_error(error: Error) -> StoreError {
    if trying_again_helps(&error) {
        StoreError::Unavailable(error.into())
    } else {
        StoreError::Query(error.into())
    }
}

/// As [`query_error`], for connections without diesel.
pub(crate) fn driver_error(error: tokio_postgres::Error) -> StoreError {
    // Without a word of the server the connection broke.
    let blames_the_rows = error.as_db_error().is_some_and(|said| {
        let is_of = |class: &str| said.code().code().starts_with(class);
        said.position().is_some() || is_of(DATA_EXCEPTION) || is_of(INTEGRITY_CONSTRAINT_VIOLATION)
    });
    if blames_the_rows { StoreError::Query(error.into()) } else { StoreError::Unavailable(error.into()) }
}

/// A full disk, a lock, a time-out, a server that is stopping: all these pass. What the statement or its values are to
/// blame for does not; PostgreSQL then points into the statement, SQLite says one of three things.
fn trying_again_helps(error: &Error) -> bool {
    match error {
        Error::DatabaseError(
            Kind::UnableToSendCommand
            | Kind::SerializationFailure
            | Kind::ReadOnlyTransaction
            | Kind::ClosedConnection,
            _,
        )
        | Error::BrokenTransactionManager => true,
        Error::DatabaseError(
            Kind::UniqueViolation
            | Kind::ForeignKeyViolation
            | Kind::NotNullViolation
            | Kind::CheckViolation
            | Kind::RestrictViolation
            | Kind::ExclusionViolation,
            _,
        ) => false,
        Error::DatabaseError(_, info) => {
            let blames_the_statement = ["no such table", "no such column", "syntax error"]
                .iter()
                .any(|words| info.message().contains(words));
            info.statement_position().is_none() && !blames_the_statement
        }
        Error::RollbackErrorOnCommit { commit_error, .. } => trying_again_helps(commit_error),
        _ => false,
    }
}

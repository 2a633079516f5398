//! `greencheck export`.

use std::io::{self, Write};
use std::path::Path;

use greencheck_core::ports::CatalogImport;
use greencheck_store::Store;
use tempfile::NamedTempFile;

use crate::cli::ExportCatalogArgs;
use crate::failure::Failure;
use crate::output;

pub(crate) mod snapshot;

pub(crate) async fn catalog(store: &dyn Store, args: &ExportCatalogArgs) -> Result<(), Failure> {
    let json = CatalogImport::export(store, args.with_secrets).await?.to_json();
    match args.file.as_deref().filter(|file| *file != Path::new("-")) {
        None => Ok(output::print(&json)?),
        Some(file) => replace(file, &json, args.with_secrets)
            .map_err(|error| Failure::from(error).context(format!("cannot write `{}`", file.display()))),
    }
}

/// Puts a file in the place of another at once: whoever reads it sees the old text or the new one, never a part.
/// A `private` file is for its owner alone.
pub(crate) fn replace(file: &Path, text: &str, private: bool) -> io::Result<()> {
    // A device or a pipe is written to, not replaced.
    if std::fs::metadata(file).is_ok_and(|metadata| !metadata.is_file()) {
        return std::fs::OpenOptions::new().write(true).open(file)?.write_all(text.as_bytes());
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut temporary = temporary(folder, private)?;
    temporary.write_all(text.as_bytes())?;
    temporary.as_file().sync_all()?;
    temporary.persist(file).map(|_| ()).map_err(|error| error.error)
}

/// A file that is not there yet, in the folder where it will be.
fn temporary(folder: &Path, private: bool) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".greencheck-");
    with_permissions(&mut builder, private).tempfile_in(folder)
}

#[cfg(unix)]
fn with_permissions<'a, 'b, 'c>(
    builder: &'a mut tempfile::Builder<'b, 'c>,
    private: bool,
) -> &'a mut tempfile::Builder<'b, 'c> {
    use std::os::unix::fs::PermissionsExt;
    let mode = if private { 0o600 } else { 0o644 };
    builder.permissions(std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn with_permissions<'a, 'b, 'c>(
    builder: &'a mut tempfile::Builder<'b, 'c>,
    _: bool,
) -> &'a mut tempfile::Builder<'b, 'c> {
    builder
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_is_replaced_and_secrets_are_for_their_owner() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("catalog.json");
        replace(&file, "old", false).unwrap();
        replace(&file, "new", true).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "new");
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file stays");
    }

    #[test]
    fn a_device_stays_a_device() {
        replace(Path::new("/dev/null"), "text", false).unwrap();
        assert!(!Path::new("/dev/null").metadata().unwrap().is_file());
    }
}

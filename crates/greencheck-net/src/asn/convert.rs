use std::collections::HashSet;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::table::{AsnFileError, Row, read};

/// What a conversion found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ConvertReport {
    pub v4: u64,
    pub v6: u64,
    /// Ranges that nobody announces.
    pub unannounced: u64,
    /// Lines that could not be read.
    pub bad: u64,
    /// Ranges of the family that the files do not hold, taken over from the table as it was.
    pub kept: u64,
}

/// Reads tables of origin AS numbers, CSV or MMDB, and writes them as one normalised CSV to `destination`. Only the
/// address families that the files hold are replaced. The destination changes at once or not at all.
pub fn convert(files: &[PathBuf], destination: &Path) -> Result<ConvertReport, AsnFileError> {
    let mut report = ConvertReport::default();
    let mut rows: Vec<Row> = Vec::new();
    for file in files {
        let read = read(file)?;
        report.unannounced += read.unannounced;
        report.bad += read.bad;
        rows.extend(read.announced);
    }
    let families: HashSet<bool> = rows.iter().map(|(range, _)| range.is_v4()).collect();
    report.v4 = rows.iter().filter(|(range, _)| range.is_v4()).count() as u64;
    report.v6 = rows.len() as u64 - report.v4;
    if destination.exists() && families.len() < 2 {
        let old = read(destination)?.announced;
        let kept = old.into_iter().filter(|(range, _)| !families.contains(&range.is_v4()));
        let before = rows.len();
        rows.extend(kept);
        report.kept = (rows.len() - before) as u64;
    }
    rows.sort_by_key(|(range, _)| (range.start(), range.end()));
    write(&rows, destination).map_err(|source| AsnFileError::Io { path: destination.to_owned(), source })?;
    Ok(report)
}

fn write(rows: &[Row], destination: &Path) -> std::io::Result<()> {
    let folder =
        destination.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = BufWriter::new(tempfile::NamedTempFile::new_in(folder)?);
    for (range, asn) in rows {
        writeln!(file, "{},{},{}", range.start(), range.end(), asn.get())?;
    }
    let file = file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    file.persist(destination)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AsnTable;

    fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn asn(table: &Path, address: &str) -> Option<u32> {
        AsnTable::load(table).unwrap().get(address.parse().unwrap()).map(greencheck_core::Asn::get)
    }

    #[test]
    fn a_family_is_replaced_and_the_other_kept() {
        let folder = tempfile::tempdir().unwrap();
        let table = folder.path().join("made/asn.csv");
        let v4 = file(
            &folder,
            "v4.csv",
            "start,end,asn,org\n1.0.0.0,1.0.0.255,13335,\"Cloudflare, Inc.\"\n1.0.1.0,1.0.1.255,AS0,\n",
        );
        let v6 = file(&folder, "v6.csv", "2001:200::,2001:200:ffff:ffff:ffff:ffff:ffff:ffff,AS2500,WIDE\n");
        let report = convert(&[v4], &table).unwrap();
        assert_eq!(report, ConvertReport { v4: 1, unannounced: 1, ..ConvertReport::default() });
        let report = convert(&[v6], &table).unwrap();
        assert_eq!(report, ConvertReport { v6: 1, kept: 1, ..ConvertReport::default() });
        assert_eq!(asn(&table, "1.0.0.7"), Some(13_335));
        assert_eq!(asn(&table, "2001:200::1"), Some(2_500));
        assert_eq!(asn(&table, "1.0.1.7"), None);
    }

    #[test]
    fn a_file_of_another_kind_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let table = file(&folder, "asn.csv", "1.0.0.0,1.0.0.255,13335\n");
        let other = file(&folder, "other.csv", "heading\nname,email\na,b\n");
        let error = convert(&[other], &table).unwrap_err().to_string();
        assert!(error.contains("other.csv, line 2: `name` is no IP address"), "{error}");
        let empty = file(&folder, "empty.csv", "");
        assert!(convert(&[empty], &table).unwrap_err().to_string().contains("holds no range"));
        assert_eq!(asn(&table, "1.0.0.7"), Some(13_335));
    }
}

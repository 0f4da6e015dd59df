use std::io::{Cursor, Write as _};

use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

/// A zip of these files in this order, which depends on paths and contents only: no times, one
/// mode, no folders.
pub(super) fn zip<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, data) in files {
        zip.start_file(path, options).expect("paths are distinct and short");
        zip.write_all(data).expect("writing to memory cannot fail");
    }
    zip.finish().expect("writing to memory cannot fail").into_inner()
}

#[cfg(test)]
mod tests {
    use super::zip;

    #[test]
    fn the_same_files_are_the_same_bytes_with_fixed_times_and_modes() {
        let files = [("a.py", b"a = 1\n".as_slice()), ("d/b.py", b"")];
        let bytes = zip(files);
        assert_eq!(bytes, zip(files));
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        for (index, (path, data)) in files.into_iter().enumerate() {
            let entry = archive.by_index(index).unwrap();
            assert_eq!(entry.name().unwrap(), path);
            assert_eq!(entry.size(), data.len() as u64);
            assert_eq!(entry.unix_mode().map(|mode| mode & 0o777), Some(0o644));
            assert_eq!(entry.last_modified().map(|time| time.year()), Some(1980));
        }
    }
}

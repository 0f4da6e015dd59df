//! Archives as tools make them, and as no tool would.

use std::{
    fs,
    io::{Cursor, Write},
    path::Path,
};

use flate2::{Compression, write::GzEncoder};
use tar::{EntryType, Header};
use tempfile::TempDir;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// A path and its content.
pub type File<'a> = (&'a str, &'a [u8]);

/// Writes the files below `root`.
pub fn write_files(root: &Path, files: &[File<'_>]) {
    for (path, data) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, data).expect("a file");
    }
}

/// A folder with the files.
pub fn folder(files: &[File<'_>]) -> TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    write_files(dir.path(), files);
    dir
}

/// A zip as most tools make it: deflated.
pub fn zip(files: &[File<'_>]) -> Vec<u8> {
    zip_with(files, CompressionMethod::Deflated)
}

/// A zip with one way of compression.
pub fn zip_with(files: &[File<'_>], method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, data) in files {
        let options = SimpleFileOptions::default().compression_method(method);
        if path.ends_with('/') {
            zip.add_directory(*path, options).expect("a folder");
        } else {
            zip.start_file(*path, options).expect("a file");
            zip.write_all(data).expect("data");
        }
    }
    zip.finish().expect("a zip").into_inner()
}

/// A tar of regular files, as GNU tar makes it.
pub fn tar(files: &[File<'_>]) -> Vec<u8> {
    let entries: Vec<u8> = files
        .iter()
        .flat_map(|(path, data)| match path.strip_suffix('/') {
            Some(_) => entry(EntryType::Directory, path.as_bytes(), data),
            None => entry(EntryType::Regular, path.as_bytes(), data),
        })
        .collect();
    ended(entries)
}

/// One entry of any type and name; a name over 100 bytes gets a GNU long name before it.
pub fn entry(kind: EntryType, name: &[u8], data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    if name.len() > 100 {
        bytes = entry(EntryType::GNULongName, b"././@LongLink", &[name, b"\0"].concat());
    }
    let mut header = Header::new_gnu();
    let field = &mut header.as_gnu_mut().expect("a GNU header").name;
    let short = name.len().min(100);
    field[..short].copy_from_slice(&name[..short]);
    header.set_entry_type(kind);
    header.set_size(data.len() as u64);
    header.set_mode(0o755);
    header.set_uid(1000);
    header.set_mtime(1_700_000_000);
    header.set_cksum();
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend_from_slice(data);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

/// An extended header for the entry after it.
pub fn pax(records: &[(&str, &[u8])]) -> Vec<u8> {
    let mut data = Vec::new();
    for (key, value) in records {
        let rest = key.len() + value.len() + 3;
        let mut length = rest + 1;
        while rest + length.to_string().len() != length {
            length += 1;
        }
        data.extend_from_slice(format!("{length} {key}=").as_bytes());
        data.extend_from_slice(value);
        data.push(b'\n');
    }
    entry(EntryType::XHeader, b"PaxHeaders/x", &data)
}

/// Entries with the two empty blocks that end a tar.
pub fn ended(mut entries: Vec<u8>) -> Vec<u8> {
    entries.resize(entries.len() + 1024, 0);
    entries
}

/// Compressed with gzip.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("data");
    encoder.finish().expect("gzip")
}

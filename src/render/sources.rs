use std::io::Read as _;

use super::SourceFile;

/// The files of a submission, for a page that shows them. The tar is our own: it was rebuilt from
/// what came in, with caps on number and size.
pub fn files_of(tar: &[u8]) -> Vec<SourceFile> {
    let mut archive = tar::Archive::new(tar);
    let entries = archive.entries().into_iter().flatten().flatten();
    let file = |mut entry: tar::Entry<'_, _>| {
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).ok()?;
        Some(SourceFile { path, bytes })
    };
    entries.filter_map(file).collect()
}

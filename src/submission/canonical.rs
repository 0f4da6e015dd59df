//! The one form in which files travel: an uncompressed tar that depends on paths and contents
//! only.

use std::{
    collections::BTreeMap,
    io::{self, Read as _},
};

use bytes::Bytes;
use tar::{Builder, Header};

/// A tar of regular files in the order of their paths' bytes: mode 0644, owner 0, time 0.
///
/// One mode for all, because zip archives made on Windows carry none and the digest must not
/// depend on where an archive was packed; scripts are run through their interpreter.
pub(crate) fn to_tar(files: &BTreeMap<String, Vec<u8>>) -> Bytes {
    let mut builder = Builder::new(Vec::new());
    for (path, data) in files {
        append(&mut builder, path, data).expect("writing to memory cannot fail");
    }
    builder.into_inner().expect("writing to memory cannot fail").into()
}

/// The files of a tar that [`to_tar`] made.
pub(super) fn from_tar(tar: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut archive = tar::Archive::new(tar);
    for entry in archive.entries().expect("a tar of ours") {
        let mut entry = entry.expect("a tar of ours");
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let mut data = Vec::new();
        entry.read_to_end(&mut data).expect("reading from memory cannot fail");
        files.insert(path, data);
    }
    files
}

fn append(builder: &mut Builder<Vec<u8>>, path: &str, data: &[u8]) -> io::Result<()> {
    let mut header = Header::new_ustar();
    if !path.is_ascii() || header.set_path(path).is_err() {
        // A ustar name is bytes without an encoding and holds 255 of them at most; a pax record
        // is UTF-8 of any length (POSIX.1-2017, pax, "pax Extended Header").
        builder.append_pax_extensions([("path", path.as_bytes())])?;
        header = Header::new_ustar();
        header.set_path("see-pax-header")?;
    }
    header.set_size(data.len() as u64);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_cksum();
    builder.append(&header, data)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, io::Read};

    use super::{from_tar, to_tar};

    #[test]
    fn every_path_and_byte_comes_out_again_in_order() {
        let long_name = "n".repeat(200);
        let long_path = format!("{}/{}/f.py", "d".repeat(120), "e".repeat(90));
        let longer_path = format!("{0}/{0}/{0}/f.py", "d".repeat(250));
        let files: BTreeMap<String, Vec<u8>> = [
            ("a.py", b"print()\n".to_vec()),
            ("empty", Vec::new()),
            ("ä/ö.txt", vec![0xff; 513]),
            (&long_name, b"1".to_vec()),
            (&long_path, b"2".to_vec()),
            (&longer_path, b"3".to_vec()),
        ]
        .into_iter()
        .map(|(path, data)| (path.to_owned(), data))
        .collect();

        let bytes = to_tar(&files);
        let mut archive = tar::Archive::new(bytes.as_ref());
        let read: Vec<(String, Vec<u8>)> = archive
            .entries()
            .unwrap()
            .map(|entry| {
                let mut entry = entry.unwrap();
                let path = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
                let mut data = Vec::new();
                entry.read_to_end(&mut data).unwrap();
                assert!(entry.header().path_bytes().is_ascii());
                assert_eq!(entry.header().mode().unwrap(), 0o644);
                assert_eq!(entry.header().mtime().unwrap(), 0);
                (path, data)
            })
            .collect();
        assert_eq!(read, files.clone().into_iter().collect::<Vec<_>>());
        assert_eq!(bytes, to_tar(&files));
        assert_eq!(from_tar(&bytes), files);
    }
}

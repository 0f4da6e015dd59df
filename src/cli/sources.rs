pub(super) use crate::render::files_of as of;

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::submission::{IntakeLimits, Submission};

    #[test]
    fn a_submissions_files_come_out_as_they_went_in() {
        let folder = tempfile::tempdir().unwrap();
        let deep = format!("{}/x.py", "long_name_of_a_package/".repeat(6));
        for (path, bytes) in [("a.py", b"x = 1\n".as_slice()), (&deep, b""), ("b.bin", b"\0\xff")] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let submission = Submission::open(folder.path(), &IntakeLimits::default()).unwrap();
        let files = super::of(&submission.tar);
        let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        let known: Vec<&str> = submission.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!((paths, files.len()), (known, 3));
        assert_eq!(files.iter().find(|file| file.path == "b.bin").unwrap().bytes, b"\0\xff");
    }
}

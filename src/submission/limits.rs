/// What an intake accepts. The defaults are far above any honest take-home solution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntakeLimits {
    /// Bytes of the archive file itself, compressed as it is.
    pub archive_bytes: u64,
    /// Bytes of one file.
    pub file_bytes: u64,
    /// Bytes of all files together.
    pub total_bytes: u64,
    /// Files and folders that are kept.
    pub entries: usize,
    /// Files and folders that are looked at, left-out ones too.
    pub scanned_entries: usize,
    /// Bytes that are read from a tar stream, left-out files too.
    pub scanned_bytes: u64,
    /// Components of a path.
    pub depth: usize,
    /// Bytes of a component: NAME_MAX of Linux file systems.
    pub component_bytes: usize,
    /// Bytes of a path.
    pub path_bytes: usize,
    /// Highest ratio of data to compressed data, once there is more than [`Self::ratio_floor`].
    pub ratio: u64,
    /// Data below this size may be compressed as well as it can be.
    pub ratio_floor: u64,
    /// Paths of which one is at the root of a submission that is packed as expected: the
    /// manifest's required files. They tell a wrapper folder from a part of the solution.
    pub anchors: Vec<String>,
}

impl Default for IntakeLimits {
    fn default() -> Self {
        Self {
            archive_bytes: 128 << 20,
            file_bytes: 8 << 20,
            total_bytes: 32 << 20,
            entries: 5_000,
            scanned_entries: 100_000,
            scanned_bytes: 512 << 20,
            depth: 32,
            component_bytes: 255,
            path_bytes: 1024,
            ratio: 200,
            ratio_floor: 1 << 20,
            anchors: Vec::new(),
        }
    }
}

impl IntakeLimits {
    /// The same limits with these anchors.
    pub fn with_anchors(mut self, anchors: &[String]) -> Self {
        self.anchors = anchors.to_vec();
        self
    }
}

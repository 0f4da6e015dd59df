/// A vulnerability of a component that containers depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Advisory {
    /// CVE numbers.
    pub ids: &'static str,
    /// What it lets a container do.
    pub effect: &'static str,
    /// The first fixed versions, one for each maintained series, in ascending order. The last one
    /// also covers every later series.
    fixed: &'static [Version],
}

type Version = (u32, u32, u32);

const RUNC: &[Advisory] = &[
    Advisory {
        ids: "CVE-2024-21626",
        effect: "escape through a leaked file descriptor",
        fixed: &[(1, 1, 12)],
    },
    Advisory {
        ids: "CVE-2024-45310",
        effect: "empty files made on the host",
        fixed: &[(1, 1, 14)],
    },
    Advisory {
        ids: "CVE-2025-31133, CVE-2025-52565, CVE-2025-52881",
        effect: "escape through masked paths and /dev mounts",
        fixed: &[(1, 2, 8), (1, 3, 3)],
    },
    Advisory { ids: "CVE-2026-41579", effect: "see the advisory", fixed: &[(1, 3, 6), (1, 4, 3)] },
];

const ENGINE: &[Advisory] = &[Advisory {
    ids: "CVE-2026-41567, CVE-2026-41568, CVE-2026-42306",
    effect: "the archive API follows links (never used here on a container that ran a submission)",
    fixed: &[(29, 5, 1)],
}];

/// The advisories that upstream version `version` of `component` (`runc`, `Engine`) is below.
pub fn affecting(component: &str, version: &str) -> Vec<Advisory> {
    let known = match component {
        "runc" => RUNC,
        "Engine" => ENGINE,
        _ => return Vec::new(),
    };
    let Some(version) = parse(version) else { return Vec::new() };
    known.iter().filter(|advisory| !advisory.is_fixed_in(version)).copied().collect()
}

impl Advisory {
    fn is_fixed_in(&self, version: Version) -> bool {
        let same_series = |fixed: &&Version| (fixed.0, fixed.1) == (version.0, version.1);
        match self.fixed.iter().find(same_series) {
            Some(fixed) => version >= *fixed,
            None => self.fixed.last().is_some_and(|newest| version > *newest),
        }
    }
}

fn parse(text: &str) -> Option<Version> {
    let digits = |part: &str| {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        part[..end].parse::<u32>().ok()
    };
    let mut parts = text.trim_start_matches('v').splitn(3, '.');
    Some((
        digits(parts.next()?)?,
        digits(parts.next()?)?,
        parts.next().and_then(digits).unwrap_or(0),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(component: &str, version: &str) -> Vec<&'static str> {
        affecting(component, version).iter().map(|advisory| advisory.ids).collect()
    }

    #[test]
    fn each_series_has_its_own_first_fixed_version() {
        assert_eq!(ids("runc", "1.1.5+ds1").len(), 4);
        assert_eq!(ids("runc", "1.2.8"), ["CVE-2026-41579"]);
        assert_eq!(ids("runc", "1.3.2").len(), 2);
        assert_eq!(ids("runc", "1.3.6"), [""; 0]);
        assert_eq!(ids("runc", "1.4.2"), ["CVE-2026-41579"]);
        assert_eq!(ids("runc", "1.5.0"), [""; 0]);
        assert_eq!(ids("Engine", "20.10.24+dfsg1").len(), 1);
        assert_eq!(ids("Engine", "29.5.1"), [""; 0]);
        assert_eq!(ids("runc", "unknown"), [""; 0]);
    }
}

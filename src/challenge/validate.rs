//! From the raw manifest to the validated one.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    time::Duration,
};

use toml::Spanned;

use super::{
    DataPlan, Dependencies, Group, Interface, MANIFEST_SCHEMA, Manifest, ManifestError, VerifyPlan,
    limits,
    position::Document,
    raw::{Head, RawData, RawGroup, RawInterface, RawManifest, RawVerify},
    units,
};

/// Parses a manifest; `folder` is the name that its id has to equal, where it is known.
pub(super) fn manifest(
    text: &str,
    file: &Path,
    folder: Option<&str>,
) -> Result<Manifest, ManifestError> {
    let document = Document { text, file };
    let parse_error = |error: toml::de::Error| document.parse_error(&error);
    let head: Head = toml::from_str(text).map_err(parse_error)?;
    if let Some(schema) =
        head.schema.filter(|schema| *schema.get_ref() != i64::from(MANIFEST_SCHEMA))
    {
        let message = format!(
            "{} is not a version that this program reads; it reads {MANIFEST_SCHEMA}",
            schema.get_ref()
        );
        return Err(document.error("schema", Some(schema.span()), message));
    }
    let raw: RawManifest = toml::from_str(text).map_err(parse_error)?;
    let check = Check { document };

    let id = raw.id.get_ref().parse().map_err(|error: super::InvalidChallengeId| {
        check.error("id", &raw.id, error.to_string())
    })?;
    if let Some(folder) = folder.filter(|folder| folder != raw.id.get_ref()) {
        let message =
            format!("{:?} is not the folder's name, which is {folder:?}", raw.id.get_ref());
        return Err(check.error("id", &raw.id, message));
    }
    Ok(Manifest {
        id,
        title: check.line("title", &raw.title)?,
        area: check.line("area", &raw.area)?,
        questions: check.each(
            "questions",
            &raw.questions,
            is_question,
            "is not like Q6 or Q6.1",
        )?,
        level: raw.level,
        time_box: check.time_box(&raw.time_box)?,
        ai_policy: raw.ai_policy,
        image: raw.image,
        interface: check.interface(&raw.interface)?,
        groups: check.groups(&raw.groups)?,
        limits: limits::limits(document, &raw.limits)?,
        dependencies: Dependencies {
            allowed: check.each(
                "dependencies.allowed",
                &raw.dependencies.allowed,
                is_distribution,
                "is not a distribution's name, without version or extras",
            )?,
            preload: check.modules("dependencies.preload", &raw.dependencies.preload)?,
            preload_if_named: check.preload_if_named(&raw.dependencies.preload_if_named)?,
            warm_programs: raw.dependencies.warm_programs,
        },
        data: raw.data.as_ref().map(|data| check.data(data)).transpose()?,
        verify: check.verify(&raw.verify)?,
        timing: super::timing::plans(&check, &raw.timing)?,
    })
}

pub(super) struct Check<'a> {
    pub(super) document: Document<'a>,
}

impl Check<'_> {
    /// One line of text for people.
    pub(super) fn line(&self, key: &str, text: &Spanned<String>) -> Result<String, ManifestError> {
        let line = text.get_ref().trim();
        if line.is_empty() || line.chars().any(char::is_control) {
            return Err(self.error(key, text, "must be one line of text, and not empty"));
        }
        Ok(line.to_owned())
    }

    /// Values of which each is sound and none comes twice.
    fn each(
        &self,
        key: &str,
        values: &[Spanned<String>],
        sound: impl Fn(&str) -> bool,
        complaint: &str,
    ) -> Result<Vec<String>, ManifestError> {
        let mut seen = BTreeSet::new();
        for value in values {
            let text = value.get_ref().as_str();
            if !sound(text) {
                return Err(self.error(key, value, format!("{text:?} {complaint}")));
            }
            if !seen.insert(text) {
                return Err(self.error(key, value, format!("{text:?} is there twice")));
            }
        }
        Ok(values.iter().map(|value| value.get_ref().clone()).collect())
    }

    fn modules(&self, key: &str, values: &[Spanned<String>]) -> Result<Vec<String>, ManifestError> {
        self.each(key, values, is_module, "is not a module's dotted name")
    }

    fn preload_if_named(
        &self,
        raw: &BTreeMap<String, Vec<Spanned<String>>>,
    ) -> Result<BTreeMap<String, Vec<String>>, ManifestError> {
        raw.iter()
            .map(|(word, modules)| {
                let key = format!("dependencies.preload_if_named.{word}");
                if !is_module(word) || word.contains('.') {
                    let message = format!("{word:?} is not a word that code could contain");
                    return Err(self.document.error(key, None, message));
                }
                Ok((word.clone(), self.modules(&key, modules)?))
            })
            .collect()
    }

    fn time_box(&self, text: &Spanned<String>) -> Result<Duration, ManifestError> {
        let range = Duration::from_secs(60)..=Duration::from_secs(7 * 24 * 3600);
        let time_box = units::duration(text.get_ref())
            .map_err(|message| self.error("time_box", text, message))?;
        if !range.contains(&time_box) {
            let shown = units::show_duration(time_box);
            return Err(self.error("time_box", text, format!("{shown} is not from 1m to 7days")));
        }
        Ok(time_box)
    }

    fn data(&self, raw: &RawData) -> Result<DataPlan, ManifestError> {
        let generator = raw.generator.get_ref();
        if !is_relative_path(generator) || !generator.ends_with(".py") {
            let complaint = "must be the path of a Python file below tests/hidden";
            return Err(self.error("data.generator", &raw.generator, complaint));
        }
        Ok(DataPlan { generator: generator.clone() })
    }

    fn verify(&self, raw: &RawVerify) -> Result<VerifyPlan, ManifestError> {
        let repeat = raw.repeat.as_ref().map(|count| {
            u32::try_from(*count.get_ref())
                .ok()
                .filter(|count| (1..=1000).contains(count))
                .ok_or_else(|| {
                    let message = format!("{} is not from 1 to 1000", count.get_ref());
                    self.error("verify.repeat", count, message)
                })
        });
        let suite_time = raw.suite_time.as_ref().map(|text| {
            let error = |message| self.error("verify.suite_time", text, message);
            let time = units::duration(text.get_ref()).map_err(error)?;
            let range = Duration::from_secs(1)..=Duration::from_secs(3600);
            if !range.contains(&time) {
                return Err(error(format!("{} is not from 1s to 1h", units::show_duration(time))));
            }
            Ok(time)
        });
        let default = VerifyPlan::default();
        Ok(VerifyPlan {
            repeat: repeat.transpose()?,
            suite_time: suite_time.transpose()?.unwrap_or(default.suite_time),
        })
    }

    fn interface(&self, raw: &RawInterface) -> Result<Interface, ManifestError> {
        Ok(Interface {
            kind: raw.kind,
            summary: self.line("interface.summary", &raw.summary)?,
            required: self.each(
                "interface.required",
                &raw.required,
                is_relative_path,
                "is not a path inside the submission, such as \"courier/__main__.py\"",
            )?,
            probe: self.modules("interface.probe", &raw.probe)?,
        })
    }

    fn groups(&self, raw: &[RawGroup]) -> Result<Vec<Group>, ManifestError> {
        let mut groups = Vec::new();
        let mut names = BTreeSet::new();
        for (index, group) in raw.iter().enumerate() {
            let key = |field: &str| format!("groups[{index}].{field}");
            let name = group.name.get_ref();
            if !is_group_name(name) {
                let message = format!(
                    "{name:?} is not a group's name: use up to 40 of a-z, 0-9 and '-', a letter first"
                );
                return Err(self.error(key("name"), &group.name, message));
            }
            if !names.insert(name) {
                let message = format!("{name:?} is there twice");
                return Err(self.error(key("name"), &group.name, message));
            }
            let weight = u32::try_from(*group.weight.get_ref())
                .ok()
                .filter(|weight| (1..=100).contains(weight))
                .ok_or_else(|| {
                    let message = format!("{} is not from 1 to 100", group.weight.get_ref());
                    self.error(key("weight"), &group.weight, message)
                })?;
            let summary = self.line(&key("summary"), &group.summary)?;
            groups.push(Group { name: name.clone(), weight, summary });
        }
        let sum: u32 = groups.iter().map(|group| group.weight).sum();
        if sum != 100 {
            let message = format!("the weights sum to {sum}; they must sum to 100");
            return Err(self.document.error("groups", None, message));
        }
        Ok(groups)
    }

    pub(super) fn error<S>(
        &self,
        key: impl Into<String>,
        at: &Spanned<S>,
        message: impl Into<String>,
    ) -> ManifestError {
        self.document.error(key, Some(at.span()), message)
    }
}

/// A question of the interview guide: `Q6` or `Q6.1`.
fn is_question(text: &str) -> bool {
    let number = |part: &str| {
        (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let Some(rest) = text.strip_prefix('Q') else {
        return false;
    };
    match rest.split_once('.') {
        Some((question, sub_question)) => number(question) && number(sub_question),
        None => number(rest),
    }
}

/// A distribution's name (PEP 508).
fn is_distribution(text: &str) -> bool {
    let ends = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    ends(text.bytes().next())
        && ends(text.bytes().last())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

pub(super) fn is_module(text: &str) -> bool {
    text.split('.').all(|part| {
        !part.is_empty()
            && !part.starts_with(|char: char| char.is_ascii_digit())
            && part.chars().all(|char| char.is_alphanumeric() || char == '_')
    })
}

pub(super) fn is_relative_path(text: &str) -> bool {
    !text.contains(['\\', ':'])
        && !text.chars().any(char::is_control)
        && text.trim_end_matches('/').split('/').all(|part| !matches!(part, "" | "." | ".."))
}

pub(super) fn is_group_name(text: &str) -> bool {
    text.len() <= 40
        && text.starts_with(|char: char| char.is_ascii_lowercase())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

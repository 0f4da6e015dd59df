//! A home of one test's own, and a working folder.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::common;

pub const ADA: &str = "Ada Lovelace <ada@example.org>";
pub const BOB: &str = "Bob <bob@example.org>";

pub struct Home {
    pub dir: TempDir,
    settings: Vec<(&'static str, String)>,
}

/// What a command printed and exited with.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Home {
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a folder"), settings: Vec::new() }
    }

    /// With a setting in the environment of each command.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.settings.push((name, value.into()));
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A command in this home, where nothing of the machine's own settings counts.
    pub fn command(&self, args: &[&str]) -> Command {
        let challenges = common::root().join(common::TINY);
        let mut command = common::takehome(&["--challenges", challenges.to_str().expect("a path")]);
        for name in [
            "TAKEHOME_URL",
            "TAKEHOME_MAIL_CONTACT",
            "TAKEHOME_SMTP_URL",
            "TAKEHOME_SMTP_URL_FILE",
            "TAKEHOME_SMTP_PASSWORD",
            "TAKEHOME_SMTP_PASSWORD_FILE",
            "TAKEHOME_SMTP_CA",
        ] {
            command.env_remove(name);
        }
        command
            .current_dir(self.dir.path())
            .env("TAKEHOME_HOME", self.path("home"))
            .env("TAKEHOME_MAIL_FROM", "Hiring at Example <jobs@example.org>")
            .env("TAKEHOME_ACTOR", "Grace")
            .args(args)
            .envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    pub fn run(&self, args: &[&str]) -> Said {
        let Output { status, stdout, stderr } = self.command(args).output().expect("takehome runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Said { code: status.code().expect("a code"), out: text(stdout), err: text(stderr) }
    }

    /// What a command prints when it does what it was asked.
    pub fn done(&self, args: &[&str]) -> String {
        let said = self.run(args);
        assert_eq!(said.code, 0, "{args:?}: {said:?}");
        said.out
    }

    pub fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.done(args)).expect("JSON")
    }

    /// Invites Ada, and the code of her invitation.
    pub fn invite_ada(&self) -> String {
        let sent = self.json(&["send", "tiny", "--to", ADA, "--format", "json"]);
        sent[0]["code"].as_str().expect("a code").to_owned()
    }

    /// The only invitation of an address, or of a code.
    pub fn standing(&self, who: &str) -> Value {
        let all = self.json(&["status", who, "--format", "json", "--state", STATES]);
        assert_eq!(all.as_array().map(Vec::len), Some(1), "{all}");
        all[0].clone()
    }

    pub fn state(&self, who: &str) -> String {
        self.standing(who)["state"].as_str().expect("a state").to_owned()
    }

    pub fn folders(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.dir.path())
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
            .filter(|name| name != "home")
            .collect();
        names.sort();
        names
    }
}

const STATES: &str = "draft,invited,opened,started,submitted,graded,in_review,decided,declined,expired,\
    cancelled,archived,purged";

/// The text parts of a message, decoded by Python's own library, with its header before them.
pub fn decoded(eml: &[u8]) -> String {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("message.eml");
    fs::write(&file, eml).expect("written");
    decoded_file(&file)
}

pub fn decoded_file(file: &Path) -> String {
    let script = "import email, email.policy, sys\n\
        m = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)\n\
        assert not m.defects, m.defects\n\
        for k, v in m.items(): print(f'{k}: {v}')\n\
        for p in m.walk():\n\
        \x20   assert not p.defects, p.defects\n\
        \x20   print('==', p.get_content_type(), p.get_filename() or '')\n\
        \x20   if p.get_content_maintype() == 'text': print(p.get_content())\n";
    let output =
        Command::new("python3").args(["-c", script]).arg(file).output().expect("python3 runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

//! A mail server of a test's own: aiosmtpd in a process, with a certificate made for it.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;
use tempfile::TempDir;

use crate::common;

/// Far more than any of it takes; nothing is asserted about it.
const PATIENCE: Duration = Duration::from_secs(120);

pub struct Server {
    child: Child,
    told: Receiver<Value>,
    dir: TempDir,
    pub port: u64,
}

impl Server {
    /// None, with a loud message, where there is no aiosmtpd and none can be had.
    pub fn start(args: &[&str]) -> Option<Self> {
        let python = python()?;
        let dir = tempfile::tempdir().expect("a folder");
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
        let (cert, key) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
        fs::write(&cert, made.cert.pem()).expect("written");
        fs::write(&key, made.signing_key.serialize_pem()).expect("written");
        let mut child = Command::new(python)
            .arg(common::root().join("tests/sending/smtp_server.py"))
            .args(args)
            .arg("--cert")
            .arg(&cert)
            .arg("--key")
            .arg(&key)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // It says much about its own settings, and a connection that breaks is what a test wants.
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let (sender, told) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = sender.send(serde_json::from_str(&line).expect("JSON"));
            }
        });
        let mut server = Self { child, told, dir, port: 0 };
        server.port = server.next()["port"].as_u64().expect("a port");
        Some(server)
    }

    /// The certificate that clients have to trust.
    pub fn certificate(&self) -> String {
        self.dir.path().join("cert.pem").display().to_string()
    }

    /// What it says next, waited for.
    pub fn next(&self) -> Value {
        self.told.recv_timeout(PATIENCE).expect("the server says something")
    }

    /// The next message that it accepted: what it says of it, and the bytes.
    pub fn message(&self) -> (Value, Vec<u8>) {
        loop {
            let told = self.next();
            if let Some(content) = told["content"].as_str() {
                let bytes = STANDARD.decode(content).expect("base64");
                return (told, bytes);
            }
        }
    }

    /// Everything that it has said since, once it has ended.
    pub fn rest(mut self) -> Vec<Value> {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.told.iter().collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A Python with aiosmtpd: that of `make lint`, else one made for this.
fn python() -> Option<PathBuf> {
    static MADE: std::sync::OnceLock<Option<PathBuf>> = std::sync::OnceLock::new();
    MADE.get_or_init(|| {
        let known = common::root().join("target/py-venv/bin/python");
        let venv = Path::new(env!("CARGO_TARGET_TMPDIR")).join("smtp-venv");
        let own = venv.join("bin/python");
        if let Some(python) = [&known, &own].into_iter().find(|python| has_aiosmtpd(python)) {
            return Some(python.clone());
        }
        let requirements = fs::read_to_string(common::root().join("tests/python/requirements.txt"));
        let requirements = requirements.expect("requirements.txt");
        let pinned = requirements.split_whitespace().find(|word| word.starts_with("aiosmtpd=="));
        let pinned = pinned.expect("a version");
        let made = Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv).output();
        let pip = ["-m", "pip", "install", "-q", "--disable-pip-version-check"];
        let installed = made.and_then(|_| Command::new(&own).args(pip).arg(pinned).output());
        if has_aiosmtpd(&own) {
            return Some(own);
        }
        let why = format!("pip could not install {pinned}: {installed:?}");
        assert!(
            std::env::var_os("TAKEHOME_REQUIRE_ENGINE").is_none(),
            "TAKEHOME_REQUIRE_ENGINE is set and {why}"
        );
        eprintln!("\n*** NOT TESTED: {why} ***\n");
        None
    })
    .clone()
}

fn has_aiosmtpd(python: &Path) -> bool {
    let asked = Command::new(python).args(["-c", "import aiosmtpd"]).output();
    asked.is_ok_and(|output| output.status.success())
}

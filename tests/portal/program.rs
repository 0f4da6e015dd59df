//! The program itself: it is killed and started again, and receipts are verified.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, ChildStdout, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

use takehome::{batch::Records, receiving::public_key, store::Uploads as _};
use tempfile::TempDir;

use crate::{archives::zip, common};

struct Server {
    child: Child,
    address: String,
    /// Open, so that it may say more.
    _out: BufReader<ChildStdout>,
}

fn command(home: &TempDir, args: &[&str]) -> Command {
    let challenges = common::root().join(common::TINY);
    let mut command = common::takehome(&["--challenges", challenges.to_str().expect("a path")]);
    command
        .args(args)
        .env("TAKEHOME_HOME", home.path().join("home"))
        .env("TAKEHOME_MAIL_FROM", "Hiring <jobs@example.org>")
        .env("TAKEHOME_URL", "http://127.0.0.1")
        .env_remove("TAKEHOME_SMTP_URL")
        .current_dir(home.path());
    command
}

impl Server {
    fn start(home: &TempDir) -> Self {
        let mut command = command(home, &["serve", "--listen", "127.0.0.1:0", "--no-worker"]);
        let log = fs::File::create(home.path().join("log")).expect("a file");
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().expect("it starts");
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        out.read_line(&mut line).expect("a line");
        let address = line.trim().strip_prefix("listening on http://").expect("an address");
        Self { address: address.to_owned(), child, _out: out }
    }

    /// Status and body; none where the connection broke.
    fn ask(&self, head: &str, body: &[u8]) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        let length = body.len();
        let head = format!(
            "{head} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {length}\r\n\
             content-type: application/x-www-form-urlencoded\r\n\r\n",
            self.address
        );
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(body).ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.get(9..12)?.parse().ok()?;
        let (_, body) = answer.split_once("\r\n\r\n")?;
        Some((status, body.to_owned()))
    }

    fn start_task(&self, path: &str) {
        let (_, page) = self.ask(&format!("GET {path}"), b"").expect("a page");
        let (_, rest) = page.split_once("name=\"form\" value=\"").expect("a form");
        let form = rest.split('"').next().expect("a value");
        let body = format!("form={form}");
        let (status, _) =
            self.ask(&format!("POST {path}/start"), body.as_bytes()).expect("started");
        assert_eq!(status, 303);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Invites people; the paths of their links.
fn invite(home: &TempDir, count: usize) -> Vec<String> {
    let mut list = String::from("name,mail\n");
    (0..count).for_each(|at| list.push_str(&format!("C{at},c{at}@example.org\n")));
    fs::write(home.path().join("people.csv"), list).expect("written");
    let args = ["send", "tiny", "--csv", "people.csv", "--out", "sent"];
    assert!(command(home, &args).output().expect("it runs").status.success());
    let folders = fs::read_dir(home.path().join("sent")).expect("a folder");
    folders
        .map(|folder| {
            let link = folder.expect("an entry").path().join("link.txt");
            let link = fs::read_to_string(link).expect("a link");
            link.trim().trim_start_matches("http://127.0.0.1").to_owned()
        })
        .collect()
}

#[test]
fn every_upload_that_got_a_receipt_outlives_a_kill() {
    let home = tempfile::tempdir().expect("a folder");
    let links = invite(&home, 24);
    let mut server = Server::start(&home);
    links.iter().for_each(|link| server.start_task(link));
    let done = AtomicUsize::new(0);
    let pid = nix::unistd::Pid::from_raw(i32::try_from(server.child.id()).expect("a pid"));
    let receipts: Vec<(usize, String)> = std::thread::scope(|scope| {
        let (server, done) = (&server, &done);
        let threads: Vec<_> = links
            .iter()
            .enumerate()
            .map(|(at, link)| {
                scope.spawn(move || {
                    let text = format!("WHOSE = {at}\n");
                    let archive = zip(&[("tiny.py", text.as_bytes())]);
                    let answer = server.ask(&format!("PUT {link}/upload"), &archive);
                    if done.fetch_add(1, Ordering::SeqCst) == 8 {
                        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL)
                            .expect("killed");
                    }
                    let (status, receipt) = answer?;
                    (status == 201).then_some((at, receipt))
                })
            })
            .collect();
        threads.into_iter().filter_map(|thread| thread.join().expect("it ends")).collect()
    });
    server.child.wait().expect("it has ended");
    assert!(receipts.len() >= 8, "{}", receipts.len());
    drop(server);
    let server = Server::start(&home);
    let (_, pem) = server.ask("GET /receipt-key", b"").expect("a key");
    let key = public_key(&pem).expect("a key");
    drop(server);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let records = runtime.block_on(Records::open(&home.path().join("home"))).expect("records");
    for (at, receipt) in &receipts {
        let read = takehome::receiving::verify(receipt, &key).expect("signed");
        let line = |name: &str| {
            let found = read.lines.iter().find(|(key, _)| key == name).expect("a line");
            found.1.clone()
        };
        let code = line("invitation").parse().expect("a code");
        let uploads = runtime.block_on(records.database.uploads(&code)).expect("read");
        assert_eq!(uploads.len(), 1);
        assert_eq!(uploads[0].sha256.to_string(), line("submission-sha256"));
        let tar = records.blobs.get(&uploads[0].sha256).expect("the bytes");
        let text = format!("WHOSE = {at}\n");
        assert!(String::from_utf8_lossy(&tar).contains(&text), "{at} has another one's bytes");
    }
    let left = fs::read_dir(home.path().join("home/spool")).expect("a folder").count();
    assert_eq!(left, 1, "the spool's lock alone");
}

#[test]
fn receipts_are_verified_on_the_command_line_with_the_key_alone() {
    let home = tempfile::tempdir().expect("a folder");
    let link = invite(&home, 2).remove(0);
    let server = Server::start(&home);
    server.start_task(&link);
    let archive = zip(&[("tiny.py", b"x = 1\n")]);
    let (_, receipt) = server.ask(&format!("PUT {link}/upload"), &archive).expect("a receipt");
    let (_, pem) = server.ask("GET /receipt-key", b"").expect("a key");
    let write = |name: &str, text: &str| fs::write(home.path().join(name), text).expect("written");
    write("good.txt", &receipt);
    write("bad.txt", &receipt.replace("challenge: tiny", "challenge: other"));
    write("key.pem", &pem);
    let code = |args: &[&str]| {
        let mut command = command(&home, &["receipt", "verify"]);
        command.args(args).output().expect("it runs").status.code()
    };
    assert_eq!(code(&["good.txt"]), Some(0));
    assert_eq!(code(&["good.txt", "--key", "key.pem", "--format", "json"]), Some(0));
    assert_eq!(code(&["bad.txt"]), Some(1));
    assert_eq!(code(&["key.pem"]), Some(2));
    assert_eq!(code(&["none.txt"]), Some(2));
}

#[test]
fn the_log_is_json_and_has_no_link_in_it() {
    let home = tempfile::tempdir().expect("a folder");
    let link = invite(&home, 2).remove(0);
    let mut server = Server::start(&home);
    server.start_task(&link);
    server.ask(&format!("PUT {link}/upload?name=secret-name.zip"), b"nonsense").expect("an answer");
    server.ask(&format!("GET {link}x/none"), b"").expect("an answer");
    let pid = nix::unistd::Pid::from_raw(i32::try_from(server.child.id()).expect("a pid"));
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).expect("sent");
    server.child.wait().expect("it ends");
    let log = fs::read_to_string(home.path().join("log")).expect("a log");
    let token = link.rsplit('/').next().expect("a token");
    assert!(!log.contains(token) && !log.contains("secret-name"), "{log}");
    let mut routes = Vec::new();
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        if line["message"] == "request" {
            assert!(line["request_id"].is_string() && line["duration_ms"].is_number(), "{line}");
            let text = |name: &str| line[name].as_str().expect("a word").to_owned();
            routes.push(format!("{} {} {}", text("method"), text("route"), line["status"]));
        }
    }
    let expected = [
        "GET /i/{token} 200",
        "POST /i/{token}/start 303",
        "PUT /i/{token}/upload 422",
        "GET none 404",
    ];
    assert_eq!(routes, expected);
}

#[test]
fn a_signal_ends_it_with_success() {
    let home = tempfile::tempdir().expect("a folder");
    let mut server = Server::start(&home);
    let pid = nix::unistd::Pid::from_raw(i32::try_from(server.child.id()).expect("a pid"));
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).expect("sent");
    assert_eq!(server.child.wait().expect("it ends").code(), Some(0));
}

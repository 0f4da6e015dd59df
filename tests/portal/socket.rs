//! Where it matters that there is a real connection, and a real process.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::{archives::zip, place::Place};

/// Reads until the other side closes; what came.
async fn rest(client: &mut TcpStream, at_most: Duration) -> Option<String> {
    let mut bytes = Vec::new();
    // A connection that is reset has ended, too.
    let _ = timeout(at_most, client.read_to_end(&mut bytes)).await.ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[tokio::test]
async fn a_client_that_never_ends_its_head_is_let_go_and_others_are_answered_meanwhile() {
    let place = Place::with(|settings| settings.head = Duration::from_millis(300)).await;
    let (address, shutdown, task) = place.listen().await;
    let mut slow = TcpStream::connect(address).await.expect("a connection");
    slow.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-a: ").await.expect("sent");
    let mut quick = TcpStream::connect(address).await.expect("a connection");
    quick.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.expect("sent");
    let answer = rest(&mut quick, Duration::from_secs(5)).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    rest(&mut slow, Duration::from_secs(10)).await.expect("it is let go");
    shutdown.cancel();
    task.await.expect("it ends");
}

#[tokio::test]
async fn an_upload_that_falls_silent_is_given_up_and_leaves_nothing() {
    let place = Place::with(|settings| settings.silence = Duration::from_millis(300)).await;
    let ada = place.started("Ada").await;
    let (address, shutdown, task) = place.listen().await;
    let mut client = TcpStream::connect(address).await.expect("a connection");
    let head =
        format!("PUT {}/upload HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\nPK", ada.path);
    client.write_all(head.as_bytes()).await.expect("sent");
    let answer = rest(&mut client, Duration::from_secs(10)).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("upload_broken_off"), "{answer}");
    let left = std::fs::read_dir(place.path().join("spool")).expect("a folder").count();
    assert_eq!(left, 1, "the lock alone");
    shutdown.cancel();
    task.await.expect("it ends");
}

#[tokio::test]
async fn a_claim_of_ten_gigabytes_is_answered_at_once() {
    let place = Place::new().await;
    let ada = place.started("Ada").await;
    let (address, shutdown, task) = place.listen().await;
    let mut client = TcpStream::connect(address).await.expect("a connection");
    let head = format!(
        "PUT {}/upload HTTP/1.1\r\nhost: x\r\ncontent-length: 10737418240\r\n\
         expect: 100-continue\r\n\r\n",
        ada.path
    );
    client.write_all(head.as_bytes()).await.expect("sent");
    let answer = rest(&mut client, Duration::from_secs(10)).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("upload_too_large"), "{answer}");
    shutdown.cancel();
    task.await.expect("it ends");
}

#[tokio::test]
async fn an_upload_in_flight_is_finished_when_the_portal_stops() {
    let place = Place::new().await;
    let ada = place.started("Ada").await;
    let (address, shutdown, task) = place.listen().await;
    let archive = zip(&[("tiny.py", b"x = 1\n")]);
    let (first, second) = archive.split_at(archive.len() / 2);
    let mut client = TcpStream::connect(address).await.expect("a connection");
    let head = format!(
        "PUT {}/upload?name=mine.zip HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n",
        ada.path,
        archive.len()
    );
    client.write_all(head.as_bytes()).await.expect("sent");
    client.write_all(first).await.expect("sent");
    // Once its file is there the handler runs.
    let spool = place.path().join("spool");
    let part = || {
        let entries = std::fs::read_dir(&spool).expect("a folder");
        entries.flatten().any(|entry| entry.path().extension().is_some_and(|end| end == "part"))
    };
    while !part() {
        tokio::task::yield_now().await;
    }
    shutdown.cancel();
    client.write_all(second).await.expect("sent");
    let answer = rest(&mut client, Duration::from_secs(20)).await.expect("an answer");
    assert!(
        answer.starts_with("HTTP/1.1 201") && answer.contains("takehome receipt 1"),
        "{answer}"
    );
    task.await.expect("it ends");
    assert_eq!(place.uploads(&ada).await[0].original_name, "mine.zip");
}

#[tokio::test]
async fn news_reach_an_open_page_and_its_stream_ends_with_the_portal() {
    let place = Place::new().await;
    let ada = place.started("Ada").await;
    let (address, shutdown, task) = place.listen().await;
    let mut client = TcpStream::connect(address).await.expect("a connection");
    let head = format!("GET {}/events HTTP/1.1\r\nhost: x\r\n\r\n", ada.path);
    client.write_all(head.as_bytes()).await.expect("sent");
    let mut said = String::new();
    let mut read_until = async |count: usize| {
        let mut bytes = [0; 4096];
        while said.matches("event: state").count() < count {
            let read = timeout(Duration::from_secs(10), client.read(&mut bytes)).await;
            let read = read.expect("in time").expect("read");
            assert!(read > 0, "it ended: {said}");
            said.push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
        said.clone()
    };
    let first = read_until(1).await;
    assert!(first.contains("content-type: text/event-stream"), "{first}");
    place.put(&format!("{}/upload", ada.path), zip(&[("tiny.py", b"x = 1\n")])).await;
    read_until(2).await;
    shutdown.cancel();
    timeout(Duration::from_secs(10), task).await.expect("soon").expect("it ends");
}

//! The loopback face: raw bytes, and boto3.

use std::process::Command;
use std::sync::Arc;

use jiff::Timestamp;
use strum::IntoEnumIterator as _;

use super::sim;
use crate::sim::fault::Faults;
use crate::sim::scenario::Scenario;
use crate::sim::wire::{LARGEST_BODY, Service, operation_names};
use crate::sim::{Clock, Sim, server};

/// Sends a few bytes and reads until the server closes or says `enough`.
async fn exchange(address: std::net::SocketAddr, bytes: &[u8], enough: &str) -> String {
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.writable().await.unwrap();
    // A few hundred bytes fit into any socket's buffer.
    assert_eq!(stream.try_write(bytes).unwrap(), bytes.len());
    let (mut said, mut buffer) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&said).contains(enough) {
        stream.readable().await.unwrap();
        match stream.try_read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => said.extend_from_slice(&buffer[..read]),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn the_server_survives_its_clients() {
    let (sim, _) = sim("steady");
    let listener = server::listen("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(server::serve(listener, sim.clone(), async {
        let _ = stopped.await;
    }));
    let post = |head: &str, body: &str| {
        let length = body.len();
        format!("POST / HTTP/1.1\r\nhost: x\r\n{head}content-length: {length}\r\n\r\n{body}")
    };
    let form = post("", "Action=DescribeAlarms&Version=2010-08-01");
    let json = post(
        "X-Amz-Target: GraniteServiceVersion20100801.DescribeAlarms\r\n",
        "{}",
    );
    let both = exchange(address, (form + &json).as_bytes(), "\"MetricAlarms\":").await;
    assert!(
        both.contains("<DescribeAlarmsResult><MetricAlarms><member>"),
        "{both}"
    );
    assert_eq!(
        both.matches("HTTP/1.1 200 OK").count(),
        2,
        "one connection, two answers"
    );

    let nonsense = exchange(address, b"\x16\x03\x01 hello\r\n\r\n", "400 Bad Request").await;
    assert!(
        nonsense.is_empty() || nonsense.contains("400 Bad Request"),
        "{nonsense}"
    );
    let nobody = exchange(address, post("", "hello").as_bytes(), "UnknownOperation").await;
    assert!(nobody.contains("404 Not Found"), "{nobody}");
    let large = format!(
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n",
        LARGEST_BODY + 1
    );
    let large = exchange(address, large.as_bytes(), "413").await;
    assert!(large.contains("413 Payload Too Large"), "{large}");

    sim.set_faults("drop".parse().unwrap());
    let cut = exchange(address, json.as_bytes(), "HTTP").await;
    assert_eq!(cut, "", "a dropped connection says nothing");
    sim.set_faults(Faults::default());
    let mended = exchange(address, json.as_bytes(), "MetricAlarms").await;
    assert!(mended.contains("200 OK"), "{mended}");
    stop.send(()).unwrap();
    assert!(serving.await.unwrap().is_ok());
}

#[tokio::test]
async fn other_machines_are_not_served() {
    let refused = server::listen("0.0.0.0:0".parse().unwrap())
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("use 127.0.0.1:0"), "{refused}");
}

/// boto3 calls every operation over a socket; botocore judges the shapes. Needs a Python with
/// boto3, named by `FIRSTLINE_PYTHON` as `tests/run` does; without one it says so and passes.
#[tokio::test(flavor = "multi_thread")]
#[expect(
    clippy::disallowed_methods,
    reason = "tests/run names its Python in the environment"
)]
async fn botocore_finds_nothing_wrong() {
    let Ok(python) = std::env::var("FIRSTLINE_PYTHON") else {
        eprintln!("skipped: FIRSTLINE_PYTHON is not set; run tests/run");
        return;
    };
    let clock: Clock = Arc::new(Timestamp::now);
    let sim = Sim::new(&Scenario::named("demo").unwrap(), 1, clock);
    let listener = server::listen("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(server::serve(listener, sim.clone(), std::future::pending()));
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/endpoints/botocore_check.py"
    );
    let checked = tokio::task::spawn_blocking(move || {
        Command::new(python)
            .args([script, &endpoint])
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .output()
    });
    let output = checked.await.unwrap().unwrap();
    server.abort();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{said}
{complained}"
    );
    let calls = sim.calls();
    for service in Service::iter() {
        for name in operation_names(service) {
            let called = calls
                .iter()
                .any(|call| call.service == service && call.operation == name);
            assert!(called, "{}.{name} was not looked at", service.name());
        }
    }
}

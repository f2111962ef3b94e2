//! `auto-order serve`: alone on its file and its port, and gone soon after SIGTERM.

use std::net::TcpListener;
use std::time::Duration;

use crate::place::{Place, get};

#[test]
fn it_serves_and_ends_well_on_sigterm() {
    let place = Place::new();
    let serving = place.serve();
    assert!(get(serving.bind, "/healthz").ends_with(r#"{"status":"ok"}"#));
    assert!(get(serving.probe, "/metrics").contains("auto_order_build_info"));
    assert!(get(serving.bind, "/metrics").starts_with("HTTP/1.1 404"));
    let (ended, took) = serving.terminate();
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""), "{ended:?}");
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!(ended.err.contains("stopped"), "{}", ended.err);
}

#[test]
fn whoever_comes_to_a_handed_socket_while_nobody_serves_is_answered_by_the_next_process() {
    let socket = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = socket.local_addr().expect("a port");
    // What is set is for a start without a socket.
    let place = Place::new().set("BIND_ADDR", "192.0.2.1:1");
    let waiting = std::thread::spawn(move || get(address, "/healthz"));
    let first = place.serve_on(&socket);
    assert_eq!(first.bind, address);
    assert!(waiting.join().expect("no panic").starts_with("HTTP/1.1 200"));
    assert_eq!(first.terminate().0.code, Some(0));
    let waiting = std::thread::spawn(move || get(address, "/healthz"));
    let second = place.serve_on(&socket);
    assert!(waiting.join().expect("no panic").starts_with("HTTP/1.1 200"));
    assert_eq!(second.terminate().0.code, Some(0));
}

#[test]
fn a_port_in_use_is_a_clear_error() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("a port").to_string();
    for name in ["BIND_ADDR", "PROBE_ADDR"] {
        let ran = Place::new().set(name, &address).run(&["serve"]);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        let last = ran.err.lines().last().expect("an error");
        let told = format!("auto-order: {address} cannot be listened on");
        assert!(last.starts_with(&told), "{name}: {last}");
    }
}

#[test]
fn a_second_server_on_one_file_is_refused() {
    let place = Place::new();
    let serving = place.serve();
    let ran = place.run(&["serve"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let last = ran.err.lines().last().expect("an error");
    assert!(last.starts_with("auto-order: ") && last.contains("auto-order.db"), "{last}");
    // Commands beside the server are welcome.
    assert_eq!(place.run(&["store", "list"]).code, Some(0));
    assert!(get(serving.bind, "/healthz").starts_with("HTTP/1.1 200"));
    let (ended, _) = serving.terminate();
    assert_eq!(ended.code, Some(0));
    assert_eq!(place.serve().terminate().0.code, Some(0), "afterwards the file is free");
}

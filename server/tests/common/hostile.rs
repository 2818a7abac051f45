//! What clients ask for that want to see the service fall.

use std::fs::File;

use tempfile::TempDir;
use tokio::net::{TcpSocket, TcpStream};

use super::soon;

/// The length of a large file, in bytes.
pub(crate) const LARGE: u64 = 64 * 1024 * 1024;

/// A folder of static files with one that is larger than what the system holds for a client that does not read, and
/// the request for it.
pub(crate) fn large_file() -> (TempDir, &'static [u8]) {
    let www = tempfile::tempdir().unwrap();
    File::create(www.path().join("large")).unwrap().set_len(LARGE).unwrap();
    (www, b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
}

/// A connection on which the system holds as little as it can of what was not read: megabytes less have to be written before
/// the service waits, which takes a slow machine long.
pub(crate) async fn narrow(address: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    soon(socket.connect(address.parse().unwrap())).await.unwrap()
}

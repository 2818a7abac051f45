//! The socket on which a listener hears of its calls.

use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

/// Small, so that many fit into memory.
const READ_BUFFER_BYTES: usize = 512;

/// A socket that is open.
pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Who is called.
#[derive(Clone, Deserialize)]
pub struct Listener {
    /// Where it hears of calls.
    socket: String,
    /// The subprotocols to offer there.
    #[serde(default)]
    subprotocols: Vec<String>,
    /// What to say there first.
    #[serde(default)]
    hello: Option<String>,
}

impl Listener {
    /// Opens the socket.
    pub async fn connect(&self) -> anyhow::Result<Socket> {
        let mut request = self.socket.as_str().into_client_request()?;
        if !self.subprotocols.is_empty() {
            let offered = self.subprotocols.join(", ");
            request.headers_mut().insert("sec-websocket-protocol", offered.parse()?);
        }
        let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER_BYTES);
        let connecting = connect_async_with_config(request, Some(config), false);
        let (mut socket, _) = connecting.await.context("the listener's socket")?;
        if let Some(hello) = &self.hello {
            socket.send(Message::text(hello.as_str())).await?;
            // socket.io says that it is open (0), and then that the hello was right (40).
            loop {
                let message = socket.next().await.context("the hello was not answered")??;
                if message.to_text()?.starts_with("40") {
                    break;
                }
                if !message.to_text()?.starts_with('0') {
                    bail!("the hello was answered by {message}");
                }
            }
        }
        Ok(socket)
    }
}

/// Whether this is socket.io's ping, to be answered by `3`.
pub fn is_ping(message: &Message) -> bool {
    matches!(message, Message::Text(text) if text.as_str() == "2")
}

//! What the service answers over HTTP and WebSockets: a file for each resource, and what they share.

pub mod authorisations;
pub mod call_query;
pub mod call_socket;
pub mod calls;
pub(crate) mod connections;
pub mod device_calls;
pub mod document;
pub mod failure;
pub mod health;
pub(crate) mod metrics;
pub(crate) mod observe;
pub mod openapi;
pub mod reminders;
pub mod session;
pub(crate) mod site;
pub mod sockets;
pub mod tls;
pub(crate) mod trace;
pub mod wmpf_calls;

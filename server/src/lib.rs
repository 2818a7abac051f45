//! The room service of `wmpf-voip`: it creates rooms, checks who may call whom, and reminds listeners.
//!
//! A host sends the request of `initByCaller`; the service checks it against its records, stores the
//! call, and tells the listener's open sockets. Requests, refusals and reminders are the types of the
//! core crate, so both sides of the wire follow the same rules. It is one process with one data file.
//!
//! # Layout
//!
//! - [`service`], `serve`, `routes`: the service as an object, its connections, and the table of what it
//!   answers
//! - [`calls`], [`wmpf_calls`], [`device_calls`], [`authorisations`], [`reminders`], [`call_socket`], [`health`],
//!   [`demo`], [`admin`]: the handlers
//! - [`session`], [`tokens`], [`party`], [`call_query`]: who asks
//! - [`checks`], [`rooms`], [`crossings`]: whether a call may be made, making it, and what of two that cross
//! - [`driver`], [`turn`], [`record`], [`live_calls`], `deadlines`: what happens to a call until it is over
//! - [`engaged`], [`billing`]: who is in a call, and what it costs
//! - [`ice`], [`voip_chat`]: what its media needs of the service
//! - [`consent`]: a user's authorisation of a device
//! - [`store`], [`records`]: the SQLite file, and what it knows
//! - [`listeners`]: who is connected now
//! - [`webhooks`]: telling a mini-program's own backend of a call
//! - [`failure`], [`preview`], [`openapi`], [`clock`], [`sides`]: what requests end with and what that repeats
//!   of them, their description, the time, and something of either side of a call

pub mod admin;
pub mod authorisations;
pub mod billing;
pub mod call_query;
pub mod call_socket;
pub mod calls;
pub mod checks;
pub mod clock;
pub mod consent;
pub mod crossings;
mod deadlines;
pub mod demo;
pub mod device_calls;
pub mod driver;
pub mod engaged;
pub mod failure;
pub mod health;
pub mod ice;
pub mod listeners;
pub mod live_calls;
pub mod openapi;
pub mod party;
pub mod preview;
pub mod record;
pub mod records;
pub mod reminders;
pub mod rooms;
mod routes;
mod serve;
pub mod service;
pub mod session;
pub mod sides;
pub mod sockets;
pub mod store;
pub mod tokens;
pub mod turn;
pub mod voip_chat;
pub mod webhooks;
pub mod wmpf_calls;

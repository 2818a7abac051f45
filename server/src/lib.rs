//! The room service of `wmpf-voip`: it creates rooms, checks who may call whom, and reminds listeners.
//!
//! A host sends the request of `initByCaller`; the service checks it against its records, stores the
//! call, and tells the listener's open sockets. Requests, refusals and reminders are the types of the
//! core crate, so both sides of the wire follow the same rules. It is one process with one data file.
//!
//! # Layout
//!
//! From the top down; a room imports only rooms below it, and `tests/rooms.rs` holds them to it. `wmpf-voip-server`, the
//! program, stands above all of it.
//!
//! - [`service`], `router`: the service as an object, and the table of what it answers
//! - [`demo`], [`admin`], [`http`]: the handlers
//! - [`app`]: what the handlers share
//! - [`webhooks`]: what is told to a mini-program's own backend
//! - [`live`]: who is connected now, and when something is due
//! - [`rates`]: how often who may ask for something
//! - [`config`]: what the service is started with
//! - [`storage`]: the SQLite file, and what is stored in it
//! - [`media`]: what the two sides of a call need from the service to exchange audio and video
//! - [`metrics`]: what is counted and measured
//! - [`domain`]: the nouns that every room above may use
//!
//! Whether a call may be made, making it, and what happens to it until it is over are rules without I/O. They are a crate of
//! their own, [`wmpf_voip_calls`], which every room may use.

pub mod admin;
pub mod app;
pub mod config;
pub mod demo;
pub mod domain;
pub mod http;
pub mod live;
pub mod media;
pub mod metrics;
pub mod rates;
mod router;
pub mod service;
pub mod storage;
pub mod webhooks;

//! What the two sides of a call need from the service to exchange audio and video.

pub mod ice;
pub mod voip_chat;

//! What the media of a call needs of the service.

pub mod ice;
pub mod voip_chat;

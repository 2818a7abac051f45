//! The keys that sign the tokens of a mini-program, by the names that its operator gives them.

use std::fmt;

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use wmpf_voip::authorisation::schema::Name;
use wmpf_voip_calls::preview::preview;

use crate::domain::limits::AppId;

/// How many keys a mini-program can have: a token is checked with one after the other.
pub const MAX_TOKEN_KEYS: usize = 8;

/// The name of the key that a mini-program begins with.
pub const FIRST_KEY: &str = "first";

/// Names a key that signs tokens.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, IntoParams, Args)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct TokenKeyKey {
    /// The appId.
    #[schema(value_type = AppId)]
    #[param(value_type = AppId, inline)]
    pub app_id: String,
    /// The name of the key, 1 to 128 characters.
    #[schema(value_type = Name)]
    #[param(value_type = Name, inline)]
    pub key_id: String,
}

/// What is known of a key that signs tokens, beside the key itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenKeyBody {
    /// When it was made, in milliseconds since the Unix epoch; null if an earlier version has made it.
    pub created_at: Option<i64>,
}

impl fmt::Display for TokenKeyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "token key {} of app {}", preview(&self.key_id), self.app_id)
    }
}

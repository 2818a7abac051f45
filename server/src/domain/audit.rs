//! The audit record: who has changed what by the operator's API, and from where.

use serde::Serialize;
use utoipa::ToSchema;

/// A change that was made by the operator's API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// When, in milliseconds since the Unix epoch.
    pub at: i64,
    /// The name of the admin key.
    pub key: String,
    /// The IP address of the client, as trusted proxies tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The method of the request.
    pub method: String,
    /// The path of the request, which names what was changed.
    pub path: String,
    /// The HTTP status of the answer.
    pub status: u16,
}

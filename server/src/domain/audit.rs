//! The audit record: who has changed what by the operator's API, and from where.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Serialize;
use utoipa::ToSchema;
use wmpf_voip_calls::party::{Party, Role};

/// What is escaped in a path: all but the unreserved characters of RFC 3986.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What stands in a path for the id of a person whose record was deleted.
const HIDDEN: &str = "-";

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
    /// The path of the request, which names what was changed. For the id of a user whose record was deleted it has a hyphen.
    pub path: String,
    /// The HTTP status of the answer.
    pub status: u16,
}

/// An id as it stands in the path of an audit entry.
pub fn in_path(id: &str) -> String {
    utf8_percent_encode(id, ESCAPED).to_string()
}

/// The path of a request of the operator's API as an audit entry has it: the same for all spellings of it, and with a hyphen
/// for each person for whom `is_hidden` holds.
///
/// # Errors
/// Those of `is_hidden`.
pub fn noted_path<E>(
    path: &str,
    is_hidden: impl Fn(&Party) -> Result<bool, E>,
) -> Result<String, E> {
    let parts: Vec<_> =
        path.split('/').map(|part| percent_decode_str(part).decode_utf8_lossy()).collect();
    let mut noted: Vec<String> = parts.iter().map(|part| in_path(part)).collect();
    // The path is that of an app, and then a kind and an id follow each other: /v1/admin/apps/{appId}/users/{openId}.
    let Some(app_id) = parts.get(4).filter(|_| parts.get(3).is_some_and(|part| part == "apps"))
    else {
        return Ok(noted.join("/"));
    };
    for (at, kind) in parts.iter().enumerate().skip(5).step_by(2) {
        let (Some(role), Some(id)) = (role_of(kind), parts.get(at + 1)) else { continue };
        let person = Party { app_id: app_id.to_string(), role, id: id.to_string() };
        if is_hidden(&person)?
            && let Some(part) = noted.get_mut(at + 1)
        {
            HIDDEN.clone_into(part);
        }
    }
    Ok(noted.join("/"))
}

/// The role of the persons whose ids follow this part of a path. `None` if what follows is no person's.
fn role_of(kind: &str) -> Option<Role> {
    match kind {
        "users" | "authorisations" | "contacts" => Some(Role::Phone),
        "payment-users" => Some(Role::Device),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    #[test]
    fn a_path_is_noted_in_one_spelling_and_without_hidden_persons() {
        let hidden = [(Role::Phone, "o/1"), (Role::Device, "U 2")];
        let noted = |path: &str| {
            let is_hidden = |person: &Party| {
                Ok::<_, Infallible>(
                    person.app_id == "wx1" && hidden.contains(&(person.role, &person.id)),
                )
            };
            noted_path(path, is_hidden).unwrap()
        };
        for (path, expected) in [
            ("/v1/admin/apps/wx1", "/v1/admin/apps/wx1"),
            ("/v1/admin/apps/wx1/users/o%2F1", "/v1/admin/apps/wx1/users/-"),
            (
                "/v1/admin/apps/%77x1/users/%6f%2f1/session-key",
                "/v1/admin/apps/wx1/users/-/session-key",
            ),
            ("/v1/admin/apps/wx1/users/o2", "/v1/admin/apps/wx1/users/o2"),
            ("/v1/admin/apps/wx2/users/o%2F1", "/v1/admin/apps/wx2/users/o%2F1"),
            ("/v1/admin/apps/wx1/devices/o%2F1", "/v1/admin/apps/wx1/devices/o%2F1"),
            ("/v1/admin/apps/wx1/devices/U%202", "/v1/admin/apps/wx1/devices/U%202"),
            (
                "/v1/admin/apps/wx1/devices/s/authorisations/o%2F1",
                "/v1/admin/apps/wx1/devices/s/authorisations/-",
            ),
            (
                "/v1/admin/apps/wx1/payment-users/U%202/contacts/o%2F1",
                "/v1/admin/apps/wx1/payment-users/-/contacts/-",
            ),
            ("/v1/admin/apps/users/users", "/v1/admin/apps/users/users"),
        ] {
            assert_eq!(noted(path), expected, "{path}");
        }
    }
}

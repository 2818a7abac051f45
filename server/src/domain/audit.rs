//! The audit record: who has changed what by the operator's API, and from where.

use percent_encoding::percent_decode_str;
use serde::Serialize;
use utoipa::ToSchema;
use wmpf_voip_calls::party::Role;

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

/// Whom the path of a request of the operator's API names.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Named {
    /// The appId, if the path is of an app.
    pub app_id: Option<String>,
    /// The openId of a user of the app, if the path has one.
    pub open_id: Option<String>,
    /// The user_id of a face-payment user of the app, if the path has one.
    pub user_id: Option<String>,
}

/// Whom a path names. A kind and an id follow each other in it, such as `/v1/admin/apps/{appId}/users/{openId}`.
#[must_use]
pub fn named(path: &str) -> Named {
    let mut named = Named::default();
    let parts: Vec<&str> = path.split('/').collect();
    for pair in parts.get(3..).unwrap_or_default().chunks_exact(2) {
        let &[kind, id] = pair else { continue };
        let id = percent_decode_str(id).decode_utf8_lossy().into_owned();
        match (kind, role_of(kind)) {
            ("apps", _) => named.app_id = Some(id),
            (_, Some(Role::Phone)) => named.open_id = Some(id),
            (_, Some(Role::Device)) => named.user_id = Some(id),
            (_, None) => {}
        }
    }
    named
}

/// The path with a hyphen for the ids of persons of this role.
#[must_use]
pub fn without(path: &str, role: Role) -> String {
    let mut is_id = false;
    let hidden = path.split('/').enumerate().map(|(at, part)| {
        let part = if is_id { HIDDEN } else { part };
        // The kinds stand at every other place from the third on.
        is_id = at >= 3 && at % 2 == 1 && role_of(part) == Some(role);
        part
    });
    hidden.collect::<Vec<_>>().join("/")
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
    use super::*;

    #[test]
    fn a_path_names_an_app_and_its_persons() {
        let some = |text: &str| Some(text).filter(|text| !text.is_empty()).map(str::to_owned);
        for (path, [app_id, open_id, user_id]) in [
            ("/v1/admin/apps/wx1", ["wx1", "", ""]),
            ("/v1/admin/apps/%77x1/users/o%2f1", ["wx1", "o/1", ""]),
            ("/v1/admin/apps/wx1/users/o1/session-key", ["wx1", "o1", ""]),
            ("/v1/admin/apps/wx1/devices/s", ["wx1", "", ""]),
            ("/v1/admin/apps/wx1/devices/users/authorisations/o1", ["wx1", "o1", ""]),
            ("/v1/admin/apps/wx1/payment-users/U/contacts/o1", ["wx1", "o1", "U"]),
            ("/v1/admin/apps/users/minutes", ["users", "", ""]),
            ("/v1/admin/apps", ["", "", ""]),
        ] {
            let expected =
                Named { app_id: some(app_id), open_id: some(open_id), user_id: some(user_id) };
            assert_eq!(named(path), expected, "{path}");
        }
    }

    #[test]
    fn a_path_can_be_without_its_persons() {
        for (path, role, expected) in [
            (
                "/v1/admin/apps/wx1/users/o%2f1/session-key",
                Role::Phone,
                "/v1/admin/apps/wx1/users/-/session-key",
            ),
            ("/v1/admin/apps/users/users/users", Role::Phone, "/v1/admin/apps/users/users/-"),
            (
                "/v1/admin/apps/wx1/devices/users/authorisations/o1",
                Role::Phone,
                "/v1/admin/apps/wx1/devices/users/authorisations/-",
            ),
            (
                "/v1/admin/apps/wx1/payment-users/U/contacts/o1",
                Role::Phone,
                "/v1/admin/apps/wx1/payment-users/U/contacts/-",
            ),
            (
                "/v1/admin/apps/wx1/payment-users/U/contacts/o1",
                Role::Device,
                "/v1/admin/apps/wx1/payment-users/-/contacts/o1",
            ),
            ("/v1/admin/apps/wx1/devices/s", Role::Device, "/v1/admin/apps/wx1/devices/s"),
        ] {
            assert_eq!(without(path, role), expected, "{path}");
        }
    }
}

//! The parser of the customQuery and the path that the listener's page is opened with:
//! [`CustomQuery::parse`] and [`listener_path`].

use wmpf_voip::listener_path::listener_path;
use wmpf_voip::query::{CALL_PAGE_PATH, CustomQuery, CustomQueryError};
use wmpf_voip::request::{BusinessType, CameraStatus, MiniprogramState, Party, Request, RoomType};

/// What only the plugin itself puts on the path.
const PLUGIN_PARAMETERS: [&str; 7] = [
    "roomType",
    "groupId",
    "listenerId",
    "callerName",
    "isCaller",
    "isClickedHangOnBtn",
    "isPreLaunch",
];

/// Takes a line each: the customQuery, the roomId, the listener's id, the caller's name. The last may go
/// on, and what is not there is empty.
pub fn check(input: &[u8]) {
    let input = String::from_utf8_lossy(input);
    let mut lines = input.splitn(4, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (text, room_id, listener_id, caller_name) = (line(), line(), line(), line());
    match CustomQuery::parse(text.to_owned()) {
        Ok(query) => {
            check_query(text, &query);
            for room_type in [RoomType::Voice, RoomType::Video] {
                let request = request(room_type, listener_id, query.clone());
                let path = listener_path(&request, room_id, caller_name);
                let plugins = [
                    ("roomType", room_type.as_str()),
                    ("groupId", room_id),
                    ("listenerId", listener_id),
                    ("callerName", caller_name),
                ];
                check_path(&path, plugins, text);
            }
        }
        Err(error) => check_error(text, &error),
    }
}

fn check_query(text: &str, query: &CustomQuery) {
    assert_eq!(query.as_str(), text, "a query is kept as it was passed");
    assert_eq!(CustomQuery::parse(text.to_owned()).as_ref(), Ok(query));
    assert!(!text.contains(is_forbidden), "{text:?}");
    assert!(text.is_empty() || text.split('&').all(has_key), "{text:?}");
    assert!(decodes(text), "{text:?}");
}

fn check_error(text: &str, error: &CustomQueryError) {
    match error {
        CustomQueryError::Character(wrong) => {
            assert!(is_forbidden(*wrong) && text.contains(*wrong), "{text:?}");
        }
        CustomQueryError::NoKey => assert!(!text.split('&').all(has_key), "{text:?}"),
        CustomQueryError::Encoding => assert!(!decodes(text), "{text:?}"),
    }
    assert!(super::is_short_line(&error.to_string(), 100), "{error:?}");
}

/// The listener reads the plugin's parameters once each, then what the caller added.
fn check_path(path: &str, plugins: [(&str, &str); 4], custom_query: &str) {
    let (page, query) = path.split_once('?').expect("a path has a query");
    assert_eq!(page, CALL_PAGE_PATH);
    assert!(!query.contains(is_forbidden), "{query:?}");
    let added = pairs(custom_query)
        .into_iter()
        .filter(|(key, _)| !PLUGIN_PARAMETERS.contains(&key.as_str()));
    let plugins = plugins.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let expected: Vec<_> = plugins.into_iter().chain(added).collect();
    assert_eq!(pairs(query), expected, "{query:?}");
}

/// What an independent library reads. A form's `+` is a space; a mini-program's is a plus.
fn pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.replace('+', "%2B").as_bytes()).into_owned().collect()
}

fn is_forbidden(c: char) -> bool {
    c == '?' || c == '#' || c.is_control()
}

fn has_key(pair: &str) -> bool {
    !pair.is_empty() && !pair.starts_with('=')
}

/// Whether every `%` begins an escape, and the escapes are UTF-8: the library puts U+FFFD where they are
/// not.
fn decodes(text: &str) -> bool {
    let is_escape =
        |rest: &str| rest.len() >= 2 && rest.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    let replaced = |text: &str| text.matches('\u{fffd}').count();
    let meant = replaced(text) + text.to_ascii_uppercase().matches("%EF%BF%BD").count();
    let read: usize = pairs(text).iter().map(|(key, value)| replaced(key) + replaced(value)).sum();
    text.split('%').skip(1).all(is_escape) && read == meant
}

fn request(room_type: RoomType, listener_id: &str, query: CustomQuery) -> Request {
    let party = |id: &str| Party { id: id.into(), name: None, camera_status: CameraStatus::On };
    Request {
        room_type,
        caller: party("SN"),
        listener: party(listener_id),
        business_type: BusinessType::DeviceToPhone,
        voip_token: None,
        miniprogram_state: MiniprogramState::Formal,
        custom_query: Some(query),
        time_limit: None,
        device_token: None,
    }
}

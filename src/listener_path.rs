//! The path that the listener's call page is opened with: the parameters of the plugin, and the caller's `customQuery`.

use percent_encoding::utf8_percent_encode;

use crate::query::{CALL_PAGE_PATH, COMPONENT};
use crate::request::Request;

/// The path that the listener's call page is opened with. `caller_name` is the name that is shown,
/// which is not always the one that was passed.
#[must_use]
pub fn listener_path(request: &Request, room_id: &str, caller_name: &str) -> String {
    let encode = |text| utf8_percent_encode(text, COMPONENT);
    let mut path = format!(
        "{CALL_PAGE_PATH}?roomType={}&groupId={}&listenerId={}&callerName={}",
        request.room_type.as_str(),
        encode(room_id),
        encode(&request.listener.id),
        encode(caller_name),
    );
    if let Some(query) = &request.custom_query {
        for pair in query.pairs_besides_the_plugins() {
            path.push('&');
            path.push_str(pair);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::CustomQuery;
    use crate::request::tests::request;

    fn parse(text: &str) -> CustomQuery {
        CustomQuery::parse(text.into()).unwrap()
    }

    #[test]
    fn the_listeners_path_carries_the_call_and_the_query() {
        let mut request = request();
        request.custom_query = Some(parse("door=3&tag=%26"));
        assert_eq!(
            listener_path(&request, "room/1", "门口 & 机"),
            format!(
                "{CALL_PAGE_PATH}?roomType=video&groupId=room%2F1&listenerId={}\
                 &callerName=%E9%97%A8%E5%8F%A3%20%26%20%E6%9C%BA&door=3&tag=%26",
                request.listener.id
            )
        );
    }

    #[test]
    fn a_custom_query_cannot_take_the_plugins_parameters() {
        let mut request = request();
        request.custom_query =
            Some(parse("groupId=evil&%67roupId=evil&a=1&isCaller&isPreLaunch=1"));
        let path = listener_path(&request, "room", "n");
        assert!(path.ends_with("&callerName=n&a=1"), "{path}");

        request.custom_query = Some(parse(""));
        assert!(listener_path(&request, "room", "n").ends_with("&callerName=n"));
    }
}

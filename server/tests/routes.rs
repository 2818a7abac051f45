//! What stands around the calls: health, the document, CORS, static files, wrong routes.

use crate::common;

use std::collections::BTreeSet;

use common::{TestServer, answer, soon};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wmpf_voip::protocol;
use wmpf_voip_server::domain::admin_key::AdminKeys;

#[tokio::test]
async fn the_service_is_healthy() {
    let server = TestServer::start().await;
    for path in ["/livez", "/readyz", "/healthz"] {
        let (status, health) = server.api.get(path).await;
        let expected = json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")});
        assert_eq!((status, health), (200, expected), "{path}");
    }
}

#[tokio::test]
async fn the_document_lists_every_route_and_its_answers() {
    let server = TestServer::start().await;
    let (status, document) = server.api.get("/openapi.json").await;
    assert_eq!(status, 200);
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths = document["paths"].as_object().unwrap().keys();
    let (admin, paths): (Vec<&String>, Vec<_>) =
        paths.partition(|path| path.starts_with("/v1/admin/"));
    assert_eq!(
        paths,
        [
            "/healthz",
            "/livez",
            "/readyz",
            "/v1/authorisations",
            "/v1/authorisations/{sn}",
            "/v1/calls",
            "/v1/calls/{roomId}",
            "/v1/calls/{roomId}/signals",
            "/v1/calls/{roomId}/socket",
            "/v1/demo",
            "/v1/device-calls",
            "/v1/iot-bind-contacts",
            "/v1/reminders",
            "/v1/wmpf-calls"
        ]
    );
    assert_eq!(
        admin,
        [
            "/v1/admin/apps",
            "/v1/admin/apps/{appId}",
            "/v1/admin/apps/{appId}/call-records",
            "/v1/admin/apps/{appId}/calls",
            "/v1/admin/apps/{appId}/calls/{roomId}",
            "/v1/admin/apps/{appId}/devices",
            "/v1/admin/apps/{appId}/devices/{sn}",
            "/v1/admin/apps/{appId}/devices/{sn}/authorisations",
            "/v1/admin/apps/{appId}/devices/{sn}/authorisations/{openId}",
            "/v1/admin/apps/{appId}/minutes",
            "/v1/admin/apps/{appId}/models",
            "/v1/admin/apps/{appId}/models/{modelId}",
            "/v1/admin/apps/{appId}/payment-users",
            "/v1/admin/apps/{appId}/payment-users/{userId}",
            "/v1/admin/apps/{appId}/payment-users/{userId}/contacts",
            "/v1/admin/apps/{appId}/payment-users/{userId}/contacts/{openId}",
            "/v1/admin/apps/{appId}/token-keys",
            "/v1/admin/apps/{appId}/token-keys/{keyId}",
            "/v1/admin/apps/{appId}/tokens",
            "/v1/admin/apps/{appId}/users",
            "/v1/admin/apps/{appId}/users/{openId}",
            "/v1/admin/apps/{appId}/users/{openId}/session-key",
            "/v1/admin/apps/{appId}/webhook",
            "/v1/admin/apps/{appId}/webhook/deliveries",
            "/v1/admin/apps/{appId}/webhook/deliveries/{id}/resend",
            "/v1/admin/audit",
        ]
    );

    let call = &document["paths"][protocol::CALLS_PATH]["post"];
    assert_eq!(call["security"], json!([{"session": []}]));
    assert_eq!(call["parameters"][0]["name"], "Idempotency-Key");
    let statuses: Vec<&String> = call["responses"].as_object().unwrap().keys().collect();
    assert_eq!(
        statuses,
        ["200", "201", "400", "401", "402", "403", "404", "409", "413", "415", "429", "500", "503"]
    );
    for (path, method) in [
        (protocol::REMINDERS_PATH, "get"),
        (protocol::WMPF_CALLS_PATH, "post"),
        (protocol::DEVICE_CALLS_PATH, "post"),
        (protocol::AUTHORISATIONS_PATH, "post"),
        (protocol::IOT_BIND_CONTACTS_PATH, "post"),
    ] {
        assert!(document["paths"][path][method].is_object(), "{path}");
    }
    assert_eq!(document["components"]["securitySchemes"]["session"]["scheme"], "bearer");
    assert_eq!(document["servers"], json!([{"url": "/"}]));
    for (path, operations) in document["paths"].as_object().unwrap() {
        for operation in operations.as_object().unwrap().values() {
            assert!(operation["security"].is_array(), "{path} says who may ask");
        }
    }

    // Whatever is referred to is there.
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}

#[tokio::test]
async fn whoever_has_the_document_is_told_so() {
    let server = TestServer::start().await;
    let get = |tag: Option<String>| {
        let request = server.api.http("GET", "/openapi.json");
        soon(tag.into_iter().fold(request, |get, tag| get.header("if-none-match", tag)).send())
    };
    let first = get(None).await.unwrap();
    assert_eq!(first.headers()["content-type"], "application/json");
    let etag = first.headers()["etag"].to_str().unwrap().to_owned();
    assert!(etag.starts_with('"') && etag.len() > 20, "{etag}");
    let text = first.text().await.unwrap();
    assert!(text.starts_with("{\"openapi\":\"3.1"), "{text:.40}");
    for (tag, status) in [
        (etag.clone(), 304),
        (format!("W/{etag}"), 304),
        (format!("\"another\", {etag}"), 304),
        ("*".into(), 304),
        ("\"another\"".into(), 200),
        (etag.replace('"', ""), 200),
    ] {
        let response = get(Some(tag.clone())).await.unwrap();
        assert_eq!(response.status(), status, "{tag}");
        assert_eq!(response.headers()["etag"], etag.as_str());
        let expected = if status == 304 { "" } else { text.as_str() };
        assert_eq!(response.text().await.unwrap(), expected, "{tag}");
    }
    // It is that of the bytes: another document has another one.
    let without = TestServer::start_with(|config| config.demo = false).await;
    let other = soon(without.api.http("GET", "/openapi.json").send()).await.unwrap();
    assert_ne!(other.headers()["etag"], etag.as_str());
}

#[tokio::test]
async fn no_two_operations_have_the_same_name() {
    let server = TestServer::start().await;
    let (_, document) = server.api.get("/openapi.json").await;
    let mut names = BTreeSet::new();
    for operations in document["paths"].as_object().unwrap().values() {
        for operation in operations.as_object().unwrap().values() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name), "{name}");
        }
    }
    assert!(names.contains("createCall"), "{names:?}");
}

#[tokio::test]
async fn whoever_administers_needs_the_key_for_every_route_of_the_document() {
    let server = TestServer::start().await;
    let (_, document) = server.api.get("/openapi.json").await;
    assert_eq!(document["components"]["securitySchemes"]["admin"]["scheme"], "bearer");
    let mut routes = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        if !path.starts_with("/v1/admin/") {
            continue;
        }
        for (method, operation) in operations.as_object().unwrap() {
            let route = format!("{method} {path}");
            routes += 1;
            assert_eq!(operation["security"], json!([{"admin": []}]), "{route}");
            assert!(operation["summary"].as_str().unwrap().len() > 10, "{route}");
            let ids = path.matches('{').count();
            let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
            let named = |place: &str| -> Vec<&str> {
                let there = parameters.iter().filter(|parameter| parameter["in"] == place);
                there.map(|parameter| parameter["name"].as_str().unwrap()).collect()
            };
            assert_eq!(named("path").len(), ids, "{route}");
            let is_list = operation["operationId"].as_str().unwrap().starts_with("list");
            let pages = ["limit", "after"].iter().all(|name| named("query").contains(name));
            assert_eq!(pages, is_list, "{route}");
            let has_body = matches!(method.as_str(), "put")
                || path.ends_with("minutes")
                || path.ends_with("tokens");
            assert_eq!(operation["requestBody"].is_object(), has_body, "{route}");

            let path: String = path.split(['{', '}']).collect();
            let (status, refusal) = answer(server.api.http(&method.to_uppercase(), &path)).await;
            assert_eq!((status, &refusal["errcode"]), (401, &json!(5)), "{route}");
            assert!(operation["responses"]["401"].is_object(), "{route}");
        }
    }
    assert_eq!(routes, 7 * 4 + 3 + 2 + 1 + 1 + 3 + 2 + 3 + 1 + 1);

    let server = TestServer::start_with(|config| config.admin_keys = AdminKeys::default()).await;
    let (_, document) = server.api.get("/openapi.json").await;
    assert!(!document.to_string().contains("admin"), "{document}");
}

#[tokio::test]
async fn wrong_routes_and_methods_answer_as_everything_else() {
    let server = TestServer::start().await;
    for (method, path, status) in [
        ("GET", "/v1/calls", 405),
        ("PUT", "/v1/calls", 405),
        ("PATCH", "/v1/admin/apps", 405),
        ("GET", "/v1/admin/nothing", 404),
        ("POST", "/v1/reminders", 405),
        ("POST", "/v1/nothing", 404),
        ("GET", "/v1", 404),
        ("GET", "/", 404),
        ("GET", &format!("/{}", "x".repeat(8000)), 404),
        (&"X".repeat(8000), "/v1/calls", 405),
    ] {
        let (got, refusal) = answer(server.api.http(method, path)).await;
        assert_eq!((got, &refusal["errcode"]), (status, &json!(1004)), "{method} {path}");
        assert!(refusal["errmsg"].as_str().unwrap().len() < 1000, "{refusal}");
    }
}

#[tokio::test]
async fn what_is_no_handshake_of_a_websocket_is_told_so() {
    let server = TestServer::start().await;
    let demo = server.api.demo().await;
    let handshake = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                     Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for path in ["/v1/reminders", "/v1/calls/a-room/socket?device=tv"] {
        for (version, headers, status) in [
            ("1.1", "", 400),
            ("1.1", "Connection: Upgrade\r\nUpgrade: h2c\r\n", 400),
            ("1.0", handshake, 426),
        ] {
            let mut connection = TcpStream::connect(&server.api.address).await.unwrap();
            let token = demo.device("token");
            let request = format!(
                "GET {path} HTTP/{version}\r\nHost: a\r\nAuthorization: Bearer {token}\r\n{headers}\r\n"
            );
            connection.write_all(request.as_bytes()).await.unwrap();
            let mut answer = [0; 2048];
            let length = soon(connection.read(&mut answer)).await.unwrap();
            let answer = String::from_utf8_lossy(&answer[..length]);
            assert!(answer.contains(&format!(" {status} ")), "{version} {headers}: {answer}");
            assert!(answer.contains("\"errcode\":1004"), "{answer}");
            assert!(answer.contains("expected the handshake of a WebSocket"), "{answer}");
        }
    }
}

#[tokio::test]
async fn without_the_flag_there_is_no_demo() {
    let server = TestServer::start_with(|config| config.demo = false).await;
    assert_eq!(server.api.get("/v1/demo").await.0, 404);
    let (_, document) = server.api.get("/openapi.json").await;
    assert!(document["paths"]["/v1/demo"].is_null());
}

#[tokio::test]
async fn static_files_are_served_beside_the_api() {
    let www = tempfile::tempdir().unwrap();
    std::fs::write(www.path().join("index.html"), "<p>hello").unwrap();
    let server = TestServer::start_with(|config| config.www = Some(www.path().into())).await;
    let page = soon(server.api.http("GET", "/").send()).await.unwrap();
    assert_eq!(page.headers()["content-type"], "text/html");
    assert_eq!(page.text().await.unwrap(), "<p>hello");
    for (method, path, status) in [
        ("GET", "/v1/nothing", 404),
        ("POST", "/v1/nothing", 404),
        ("GET", "/nothing.html", 404),
        ("GET", "/..%2fdata.sqlite", 404),
        ("GET", "/v1/calls", 405),
    ] {
        let (got, refusal) = answer(server.api.http(method, path)).await;
        assert_eq!((got, &refusal["errcode"]), (status, &json!(1004)), "{method} {path}");
    }
}

#[tokio::test]
async fn a_page_of_any_origin_may_call() {
    let server = TestServer::start().await;
    let preflight = server
        .api
        .http("OPTIONS", "/v1/calls")
        .header("origin", "https://page.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type,idempotency-key");
    let response = soon(preflight.send()).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
    let allowed = response.headers()["access-control-allow-headers"].to_str().unwrap();
    assert_eq!(allowed, "authorization,content-type,idempotency-key");

    let refused = server.api.http("POST", "/v1/calls").header("origin", "https://page.example");
    let response = soon(refused.send()).await.unwrap();
    assert_eq!(response.status(), 401);
    assert_eq!(response.headers()["access-control-allow-origin"], "*", "so that it can be read");
}

#[tokio::test]
async fn no_other_origin_reads_the_demos_tokens() {
    let server = TestServer::start().await;
    for method in ["GET", "OPTIONS", "POST"] {
        let request = server
            .api
            .http(method, "/v1/demo")
            .header("origin", "https://page.example")
            .header("access-control-request-method", "GET");
        let response = soon(request.send()).await.unwrap();
        let allowed = response.headers().get("access-control-allow-origin");
        assert_eq!(allowed, None, "{method}: {}", response.status());
    }
    let (status, refusal) = answer(server.api.http("POST", "/v1/demo")).await;
    assert_eq!((status, &refusal["errcode"]), (405, &json!(1004)));
}

//! What `docs/` says of the service, held against the service.

use crate::common;

use std::collections::BTreeSet;

use common::TestServer;
use wmpf_voip::code::Code;
use wmpf_voip_server::http::failure::status;

/// A document in both languages.
struct Document {
    name: &'static str,
    text: &'static str,
}

const SERVICE: [Document; 2] = [
    Document { name: "docs/service.md", text: include_str!("../../docs/service.md") },
    Document { name: "docs/service.zh-CN.md", text: include_str!("../../docs/service.zh-CN.md") },
];

const OPERATION: [Document; 2] = [
    Document { name: "docs/operate.md", text: include_str!("../../docs/operate.md") },
    Document { name: "docs/operate.zh-CN.md", text: include_str!("../../docs/operate.zh-CN.md") },
];

const ERRORS: [Document; 2] = [
    Document { name: "docs/errors.md", text: include_str!("../../docs/errors.md") },
    Document { name: "docs/errors.zh-CN.md", text: include_str!("../../docs/errors.zh-CN.md") },
];

/// What `docs/operate.md` describes, and `/openapi.json`.
const ADMIN: &str = "/v1/admin/";

/// The routes that stand in the text as `METHOD /path`.
fn named(text: &str) -> BTreeSet<String> {
    let quoted = text.split('`').skip(1).step_by(2);
    let is_route = |text: &&str| {
        text.split_once(" /").is_some_and(|(method, path)| {
            method.bytes().all(|byte| byte.is_ascii_uppercase()) && !path.contains(' ')
        })
    };
    quoted.filter(is_route).map(str::to_owned).collect()
}

#[tokio::test]
async fn every_route_is_documented_and_no_other() {
    let server = TestServer::start().await;
    let (_, document) = server.api.get("/openapi.json").await;
    // It does not describe itself.
    let mut routes = BTreeSet::from(["GET /openapi.json".to_owned()]);
    for (path, methods) in document["paths"].as_object().unwrap() {
        if !path.starts_with(ADMIN) {
            let methods = methods.as_object().unwrap().keys();
            routes.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
        }
    }
    assert!(routes.len() > 10, "{routes:?}");
    for Document { name, text } in SERVICE {
        assert_eq!(named(text), routes, "{name}");
        assert!(text.contains(ADMIN), "{name}");
    }
}

#[test]
fn the_http_status_of_each_code_is_documented() {
    // What the service never gives has the status of its own failures, which is 5's.
    let given = |code: &&Code| **code == Code::CreateRoom || status(**code) != 500;
    let statuses: BTreeSet<(u16, u16)> = Code::ALL
        .iter()
        .filter(given)
        .map(|&code| (status(code).as_u16(), code.number()))
        .collect();
    for Document { name, text } in SERVICE {
        // The first table with these two columns and no third.
        let head = ["| HTTP status | errcode |\n", "| HTTP 状态码 | errcode |\n"];
        let (_, table) = head.into_iter().find_map(|head| text.split_once(head)).unwrap();
        let rows = table.lines().skip(1).take_while(|line| line.starts_with('|'));
        let numbers = rows.map(|row| {
            let words = row.split(|c: char| !c.is_ascii_digit()).filter(|word| !word.is_empty());
            words.map(|word| word.parse::<u16>().unwrap()).collect::<Vec<_>>()
        });
        let documented: BTreeSet<(u16, u16)> = numbers
            .flat_map(|row| row[1..].iter().map(|&code| (row[0], code)).collect::<Vec<_>>())
            .collect();
        assert_eq!(documented, statuses, "{name}");
    }
}

#[test]
fn every_flag_is_documented() {
    let sources = [
        include_str!("../src/bin/main.rs"),
        include_str!("../src/bin/admin_cli.rs"),
        include_str!("../src/bin/connection_flags.rs"),
        include_str!("../src/bin/rate_flags.rs"),
        include_str!("../src/bin/secret_flags.rs"),
        include_str!("../src/bin/tls_flags.rs"),
    ];
    let flags = sources.iter().flat_map(|source| source.split("env = \"").skip(1));
    let variables: Vec<&str> = flags.filter_map(|flag| flag.split('"').next()).collect();
    assert!(variables.len() > 30, "{variables:?}");
    for variable in variables {
        for Document { name, text } in OPERATION {
            assert!(text.contains(&format!("`{variable}`")), "{name}: {variable}");
        }
    }
}

#[tokio::test]
async fn the_gallery_is_documented_as_the_service_gives_it() {
    let server = TestServer::start().await;
    let (_, demo) = server.api.get("/v1/demo").await;
    let gallery = demo["gallery"].as_array().unwrap();
    assert!(gallery.len() > 20, "{}", gallery.len());
    for row in gallery {
        for (Document { name, text }, language) in ERRORS.iter().zip(["en", "zh"]) {
            let (code, title) = (&row["errCode"], row["title"][language].as_str().unwrap());
            let (_, section) = text.split_once(&format!("\n### {code} ")).unwrap();
            let section = section.split("\n### ").next().unwrap();
            assert!(section.contains(&format!("“{title}”")), "{name}: {code} {title}");
        }
    }
}

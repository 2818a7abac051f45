//! The address for operators: what is there, what is no longer at the other one, and how the page is sent.
#![cfg(unix)]
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use reqwest::Response;
use reqwest::redirect::Policy;
use serde_json::Value;
use tokio::process::Command;

use crate::common::program::{PROGRAM, Program};
use crate::common::tls::Pair;
use crate::common::{ADMIN_KEY, Api, TestServer, answer, soon, status};

/// The program with an address for operators, and that address.
async fn apart(data: &std::path::Path, more: &[&str]) -> (Program, Api) {
    let flags = [&["--admin-listen", "127.0.0.1:0"], more].concat();
    let mut program = Program::start(data, &flags).await;
    let log = program.has_logged("listening for operators").await;
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let listening =
        lines.into_iter().find(|line| line["fields"]["message"] == "listening for operators");
    let address = listening.unwrap()["fields"]["address"].as_str().unwrap().to_owned();
    (program, Api::new(&address))
}

/// An answer as it is, also where it says to go elsewhere.
async fn as_it_is(api: &Api, path: &str) -> Response {
    let client = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    soon(client.get(api.url(path)).send()).await.unwrap()
}

#[tokio::test]
async fn the_operators_api_is_at_its_own_address_only() {
    let dir = tempfile::tempdir().unwrap();
    let (program, operators) = apart(&dir.path().join("data.sqlite"), &[]).await;
    let (status_there, apps) = operators.admin("GET", "apps", Value::Null).await;
    assert_eq!(status_there, 200, "{apps}");
    assert!(apps["items"].as_array().unwrap().len() > 1, "{apps}");

    for path in ["/v1/admin/apps", "/v1/admin/nothing", "/admin/"] {
        let asked = program.api.http("GET", path).bearer_auth(ADMIN_KEY);
        let (status, refusal) = answer(asked).await;
        let text = refusal["errmsg"].as_str().unwrap();
        assert_eq!(status, 404, "{path}");
        assert!(text.contains("--admin-listen"), "{path}: {text}");
        assert!(!text.contains(&operators.address), "anybody may ask: {text}");
    }
    // What everybody asks for is not at the operators' address.
    for path in ["/v1/calls", "/v1/demo", "/healthz"] {
        assert_eq!(status(operators.http("GET", path)).await, 404, "{path}");
    }
    assert_eq!(status(program.api.http("GET", "/v1/demo")).await, 200);

    let paths = async |api: &Api| {
        let (_, document) = api.get("/openapi.json").await;
        document["paths"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    let is_admin = |path: &String| path.starts_with("/v1/admin/");
    assert!(!paths(&program.api).await.iter().any(is_admin));
    let of_operators = paths(&operators).await;
    assert!(of_operators.len() > 10 && of_operators.iter().all(is_admin), "{of_operators:?}");

    let (status, text) = program.failing(Some(ADMIN_KEY), "app list").await;
    assert!(status == Some(1) && text.contains("--admin-listen"), "{text}");
    let server = format!("--server http://{}", operators.address);
    assert!(program.admin(&format!("{server} app list")).await.contains("wxde00000000000001"));
}

#[tokio::test]
async fn the_page_is_sent_with_headers_that_keep_everything_else_out() {
    let dir = tempfile::tempdir().unwrap();
    let (_program, operators) = apart(&dir.path().join("data.sqlite"), &[]).await;
    for (path, kind) in [
        ("/admin/", "text/html; charset=utf-8"),
        ("/admin/style.css", "text/css; charset=utf-8"),
        ("/admin/main.js", "text/javascript; charset=utf-8"),
        ("/admin/explanations.json", "application/json"),
        ("/admin/nothing.js", "application/json"),
        ("/v1/admin/apps", "application/json"),
    ] {
        let page = as_it_is(&operators, path).await;
        let headers = page.headers();
        assert_eq!(headers["content-type"], kind, "{path}");
        assert_eq!(
            headers["content-security-policy"],
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "{path}"
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(headers[name], value, "{path}");
        }
        assert!(!headers.contains_key("access-control-allow-origin"), "{path}");
    }
    for path in ["/", "/admin"] {
        let answer = as_it_is(&operators, path).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["location"]),
            (307, &"/admin/".parse().unwrap())
        );
    }
    assert_eq!(status(operators.http("POST", "/admin/")).await, 405);
    let (_, explained) = operators.get("/admin/explanations.json").await;
    assert_eq!(explained["codes"]["15"]["en"].as_object().unwrap().len(), 3);
    let lost = &explained["reasons"]["call interrupted due to native reason"];
    assert!(lost["zh"].as_str().unwrap().contains("连接"), "{lost}");
}

#[tokio::test]
async fn without_an_address_of_its_own_the_api_is_where_it_was_and_there_is_no_page() {
    let server = TestServer::start().await;
    let (status_here, _) = server.api.admin("GET", "apps", Value::Null).await;
    assert_eq!(status_here, 200);
    for path in ["/admin/", "/admin/main.js", "/admin"] {
        let (status, refusal) = server.api.get(path).await;
        assert_eq!(status, 404, "{path}");
        assert!(
            refusal["errmsg"].as_str().unwrap().starts_with("there is no '/admin"),
            "{refusal}"
        );
    }
}

#[tokio::test]
async fn pages_of_ones_own_may_be_called_admin() {
    let dir = tempfile::tempdir().unwrap();
    let www = dir.path().join("www");
    std::fs::create_dir_all(www.join("admin")).unwrap();
    std::fs::write(www.join("admin/index.html"), "mine").unwrap();
    let flags = ["--www", www.to_str().unwrap()];
    let (program, operators) = apart(&dir.path().join("data.sqlite"), &flags).await;
    let page = soon(program.api.http("GET", "/admin/").send()).await.unwrap();
    assert_eq!(soon(page.text()).await.unwrap(), "mine");
    assert_eq!(status(program.api.http("GET", "/v1/admin/apps").bearer_auth(ADMIN_KEY)).await, 404);
    assert_eq!(status(operators.http("GET", "/admin/main.js")).await, 200);
}

#[tokio::test]
async fn operators_have_tls_where_everybody_has_it() {
    let dir = tempfile::tempdir().unwrap();
    let pair = Pair::new(dir.path());
    let (program, operators) = apart(&dir.path().join("data.sqlite"), &pair.flags()).await;
    let port = operators.address.rsplit_once(':').unwrap().1;
    let arguments = format!("--server https://localhost:{port} --ca {} app list", pair.certificate);
    assert!(program.admin(&arguments).await.contains("wxde00000000000001"));
    let plain = reqwest::get(operators.url("/admin/")).await;
    assert!(plain.is_err(), "{plain:?}");
    let (status, _) = program.end("-TERM").await;
    assert!(status.success());
}

#[tokio::test]
async fn an_address_for_operators_without_a_key_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data.sqlite");
    let mut command = Command::new(PROGRAM);
    command.args(["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--data"]).arg(&data);
    let output = soon(command.env_remove("WMPF_VOIP_ADMIN_KEY").output()).await.unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("--admin-listen: expected an admin key, got none"), "{said}");
}

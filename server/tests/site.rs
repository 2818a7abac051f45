//! What of the folder of `--www` nobody gets, and who gets the demo's tokens.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use axum::http::{HeaderMap, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use wmpf_voip_server::config::{WWW_CSP, WWW_CSP_OF_DEMO};

use crate::call_media::started;
use crate::common::{TestServer, answer, soon, status};

#[tokio::test]
async fn dot_files_the_data_file_and_what_links_lead_to_are_hidden() {
    let dir = tempfile::tempdir().unwrap();
    let www = dir.path().join("www");
    let well_known = www.join(".well-known");
    fs::create_dir_all(www.join("out")).unwrap();
    fs::create_dir(&well_known).unwrap();
    fs::create_dir(www.join(".git")).unwrap();
    for name in [
        "page.html",
        "data.sqlite-notes",
        "data.sqlite.html",
        ".env",
        ".git/config",
        ".well-known/a.txt",
    ] {
        fs::write(www.join(name), "text").unwrap();
    }
    fs::write(dir.path().join("secret"), "text").unwrap();
    let data = www.join("data.sqlite");
    let server = TestServer::start_with(|config| {
        config.www = Some(www.clone());
        config.data.clone_from(&data);
    })
    .await;
    fs::hard_link(&data, www.join("linked.html")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink(dir.path().join("secret"), www.join("secret.html")).unwrap();
        symlink(dir.path().join("secret"), www.join("out/index.html")).unwrap();
        symlink(dir.path(), www.join("above")).unwrap();
        symlink(www.join("page.html"), www.join("inside.html")).unwrap();
    }

    for hidden in [
        "/.env",
        "/%2eenv",
        "/.git/config",
        "/data.sqlite",
        "/data.sqlite-wal",
        "/data.sqlite-notes",
        "/linked.html",
        "/secret.html",
        "/out/",
        "/above/secret",
    ] {
        assert_eq!(answer(server.api.http("GET", hidden)).await.0, 404, "{hidden}");
    }
    let mut shown = vec!["/page.html", "/.well-known/a.txt", "/data.sqlite.html"];
    if cfg!(unix) {
        shown.push("/inside.html");
    }
    for shown in shown {
        let page = soon(server.api.http("GET", shown).send()).await.unwrap();
        assert_eq!(page.status(), 200, "{shown}");
        assert_eq!(page.headers()["x-content-type-options"], "nosniff");
        assert_eq!(page.headers()["x-frame-options"], "SAMEORIGIN");
    }
}

/// The headers of a page of `--www`, where the operator has set this policy.
async fn headers_with(policy: Option<&'static str>) -> HeaderMap {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("page.html"), "text").unwrap();
    let server = TestServer::start_with(|config| {
        config.www = Some(dir.path().to_owned());
        config.www_csp = policy.map(HeaderValue::from_static);
    })
    .await;
    let page = soon(server.api.http("GET", "/page.html").send()).await.unwrap();
    assert_eq!(page.status(), 200);
    let api = soon(server.api.http("GET", "/healthz").send()).await.unwrap();
    assert!(api.headers().get("content-security-policy").is_none(), "it is no page");
    page.headers().clone()
}

#[tokio::test]
async fn pages_are_sent_with_a_policy_which_may_be_the_operators_or_none() {
    for policy in [WWW_CSP, WWW_CSP_OF_DEMO, "default-src 'none'"] {
        let headers = headers_with(Some(policy)).await;
        assert_eq!(headers["content-security-policy"], policy);
        assert_eq!(headers["permissions-policy"], "camera=(self), microphone=(self)");
    }
    assert!(headers_with(None).await.get("content-security-policy").is_none());
}

#[test]
fn the_policy_has_the_hash_of_the_import_map_in_the_pages_of_the_demo() {
    let www = Path::new(env!("CARGO_MANIFEST_DIR")).join("../www");
    for page in ["index.html", "handset.html"] {
        let text = fs::read_to_string(www.join(page)).unwrap().replace("\r\n", "\n");
        let (_, rest) = text.split_once("<script type=\"importmap\">").unwrap();
        let (map, _) = rest.split_once("</script>").unwrap();
        let hash = format!("'sha256-{}'", STANDARD.encode(Sha256::digest(map)));
        assert!(WWW_CSP_OF_DEMO.contains(&hash), "{page} has {hash}");
    }
}

#[test]
fn the_program_takes_a_policy_from_a_flag_or_a_variable_and_refuses_what_is_none() {
    for (flags, variables) in [
        (&["--www-csp", "default-src 'self'\nx: y"][..], &[][..]),
        (&["--www-csp", "img-src é"], &[]),
        (&[], &[("WMPF_VOIP_WWW_CSP", "img-src \u{7f}")]),
    ] {
        let output = started(flags, variables);
        assert!(!output.status.success());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("--www-csp") && said.contains("the value of a header"), "{said}");
    }
}

/// The locks that a process holds on a file.
#[cfg(target_os = "linux")]
fn locks(file: &Path) -> Vec<String> {
    use std::os::unix::fs::MetadataExt;
    let number = format!(":{} ", fs::metadata(file).unwrap().ino());
    let all = fs::read_to_string("/proc/locks").unwrap();
    let of_file = all.lines().filter(|line| line.contains(&number) && line.contains("POSIX"));
    // What comes before is the number of the line.
    of_file.filter_map(|line| line.split_once(": ").map(|(_, lock)| lock.to_owned())).collect()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn to_look_whether_a_file_is_the_data_file_takes_no_lock_of_sqlites_away() {
    let www = tempfile::tempdir().unwrap();
    fs::write(www.path().join("page.html"), "text").unwrap();
    let data = www.path().join("data.sqlite");
    let server = TestServer::start_with(|config| {
        config.www = Some(www.path().into());
        config.data.clone_from(&data);
    })
    .await;
    fs::hard_link(&data, www.path().join("linked.html")).unwrap();
    server.api.demo().await;
    let before = locks(&data);
    assert!(!before.is_empty());
    for path in ["/page.html", "/linked.html", "/data.sqlite"] {
        soon(server.api.http("GET", path).send()).await.unwrap();
    }
    assert_eq!(locks(&data), before);
}

#[tokio::test]
async fn the_demos_tokens_are_not_given_to_a_page_that_has_taken_this_address() {
    let server = TestServer::start_with(|config| config.demo_hosts = vec!["tv.local".into()]).await;
    for (host, expected) in [("page.example", 403), ("tv.local:8787", 200), ("localhost", 200)] {
        let request = server.api.http("GET", "/v1/demo").header("host", host);
        assert_eq!(status(request).await, expected, "{host}");
    }
    let (status, refusal) =
        answer(server.api.http("GET", "/v1/demo").header("origin", "https://page.example")).await;
    assert_eq!((status, &refusal["errcode"]), (403, &serde_json::json!(1004)));
    assert!(refusal["errmsg"].as_str().unwrap().contains("--demo-host"), "{refusal}");
}

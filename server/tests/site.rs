//! What of the folder of `--www` nobody gets, and who gets the demo's tokens.
// A test may panic, but clippy knows only functions marked as tests.
#![allow(clippy::unwrap_used)]

use std::fs;

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

/// The locks that a process holds on a file.
#[cfg(target_os = "linux")]
fn locks(file: &std::path::Path) -> Vec<String> {
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

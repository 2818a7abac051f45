//! The operator's page, at an address for operators only: static files that are in the program itself, and what the contract says
//! of why calls end.

use axum::Router;
use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{Redirect, Response};
use axum::routing::get;
use serde_json::{Map, Value, json};
use wmpf_voip::call::ABORT_TEXTS;
use wmpf_voip::code::{Code, Language};

use super::Shared;

const PAGE: &str = "/admin/";

/// The types of the files.
const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The page loads its own files, sends requests to this address, and does nothing else. Forms are read by scripts.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// How browsers are to treat whatever comes from the address for operators. Nothing of it may stay on their disks.
const HEADERS: [(HeaderName, &str); 4] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
];

macro_rules! files {
    ($($kind:ident $name:literal,)+) => {
        [$(($name, $kind, include_str!(concat!("../../admin-page/", $name)))),+]
    };
}

/// Each file of the folder `admin-page`: its name, type and text.
const FILES: [(&str, &str, &str); 23] = files![
    HTML "index.html",
    CSS "style.css",
    SCRIPT "api.js",
    SCRIPT "apps.js",
    SCRIPT "audit.js",
    SCRIPT "authorisations.js",
    SCRIPT "call-cells.js",
    SCRIPT "call.js",
    SCRIPT "devices.js",
    SCRIPT "dialog.js",
    SCRIPT "dom.js",
    SCRIPT "i18n.js",
    SCRIPT "live.js",
    SCRIPT "main.js",
    SCRIPT "paged.js",
    SCRIPT "records.js",
    SCRIPT "sign-in.js",
    SCRIPT "table.js",
    SCRIPT "texts-en.js",
    SCRIPT "texts-zh.js",
    SCRIPT "users.js",
    SCRIPT "view.js",
    SCRIPT "why.js",
];

/// The routes of the page.
///
/// # Errors
/// When the explanations cannot be written.
pub(crate) fn routes() -> Result<Router<Shared>, serde_json::Error> {
    let to_page = async || Redirect::temporary(PAGE);
    let mut router = Router::new().route("/", get(to_page)).route("/admin", get(to_page));
    for (name, kind, text) in FILES {
        let path = format!("{PAGE}{}", if name == "index.html" { "" } else { name });
        router = router.route(&path, get(async move || ([(CONTENT_TYPE, kind)], text)));
    }
    let explanations = serde_json::to_string(&explanations())?;
    let json = [(CONTENT_TYPE, "application/json")];
    Ok(router.route("/admin/explanations.json", get(async move || (json, explanations.clone()))))
}

/// Adds the headers to every answer.
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// What the contract says of codes, by their numbers, and of the reasons for which calls break, by their texts; both in each language.
fn explanations() -> Value {
    let explained = |code: Code, language| {
        let explanation = code.explain(language);
        json!({
            "meaning": explanation.meaning,
            "cause": explanation.cause,
            "remedy": explanation.remedy,
        })
    };
    let codes: Map<String, Value> = Code::ALL
        .iter()
        .map(|&code| {
            let (en, zh) = (explained(code, Language::En), explained(code, Language::Zh));
            (code.number().to_string(), json!({ "en": en, "zh": zh }))
        })
        .collect();
    let reasons: Map<String, Value> = ABORT_TEXTS
        .iter()
        .map(|text| (text.text.into(), json!({ "en": text.meaning.en, "zh": text.meaning.zh })))
        .collect();
    json!({ "codes": codes, "reasons": reasons })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_of_the_folder_is_served() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("admin-page");
        let there = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name());
        let there: BTreeSet<String> = there.map(|name| name.into_string().unwrap()).collect();
        let served: BTreeSet<String> = FILES.iter().map(|(name, ..)| (*name).to_owned()).collect();
        assert_eq!(there, served);
    }
}

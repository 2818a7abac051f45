//! The static files of `--www`: what of the folder nobody gets, and how a browser is to treat the rest.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use tokio::task::spawn_blocking;

use crate::domain::file_id::FileId;
use crate::http::failure::Failure;

/// Pages use camera and microphone, and frames of other origins in them do not.
const PERMISSIONS: &str = "camera=(self), microphone=(self)";
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// The one name with a dot that is meant for others: RFC 8615.
const WELL_KNOWN: &str = ".well-known";

/// A folder of static files, and the data file, which may stand in it by mistake.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) www: PathBuf,
    pub(crate) data: PathBuf,
    /// What pages may load and do; `None` if the operator sets no limit.
    pub(crate) csp: Option<HeaderValue>,
}

impl Site {
    /// Whether a path of a request names something that nobody gets: a dot file, the data file or what belongs to it, or
    /// something outside of the folder, to which a link leads.
    ///
    /// # Errors
    /// When the files cannot be looked at, as when there is none.
    fn hides(&self, path: &str) -> io::Result<bool> {
        let path = percent_decode_str(path).decode_utf8_lossy();
        let is_hidden = |name: &str| name.starts_with('.') && name != WELL_KNOWN;
        if path.split(['/', '\\']).any(is_hidden) {
            return Ok(true);
        }
        let root = self.www.canonicalize()?;
        let mut file = root.join(path.trim_start_matches('/')).canonicalize()?;
        if file.is_dir() && file.starts_with(&root) {
            file = file.join("index.html").canonicalize()?;
        }
        Ok(!file.starts_with(&root) || self.is_data(&file)?)
    }

    /// Whether a file is the data file, by whichever name, or one of those that belong to it, such as `-wal`.
    fn is_data(&self, file: &Path) -> io::Result<bool> {
        let data = self.data.canonicalize()?;
        let is_beside = file.parent() == data.parent()
            && data.file_name().zip(file.file_name()).is_some_and(|(data, file)| {
                let rest = file.as_encoded_bytes().strip_prefix(data.as_encoded_bytes());
                rest.is_some_and(|rest| rest.starts_with(b"-"))
            });
        let is_itself =
            file == data || FileId::of(file).is_some_and(|id| FileId::of(&data) == Some(id));
        Ok(is_beside || is_itself)
    }
}

/// Answers as if what nobody gets were not there. Browsers are told to take no file for what it does not say that it is,
/// to show no page in a frame of another origin, and what pages may load and do.
pub(crate) async fn guard(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let asked = path.clone();
    let csp = site.csp.clone();
    let hides = spawn_blocking(move || site.hides(&asked)).await;
    // What is not there is said by whoever serves the files.
    let hides = matches!(hides, Ok(Ok(true)) | Err(_));
    let mut response =
        if hides { Failure::no_path(&path).into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    headers.insert(PERMISSIONS_POLICY, HeaderValue::from_static(PERMISSIONS));
    if let Some(csp) = csp {
        headers.insert(CONTENT_SECURITY_POLICY, csp);
    }
    response
}

//! `GET /openapi.json`: the document, which is written once and never changes while the service runs.

use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use utoipa::openapi::OpenApi;

/// The document as it is sent, and the ETag of these bytes.
#[derive(Clone)]
pub struct Document {
    json: Bytes,
    etag: HeaderValue,
}

impl Document {
    /// Writes the document.
    ///
    /// # Errors
    /// When it has no form in JSON.
    pub fn new(document: &OpenApi) -> Result<Document, serde_json::Error> {
        let json = serde_json::to_vec(document)?;
        let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(Sha256::digest(&json)));
        // Base64 is visible ASCII, which each header can have.
        let etag = HeaderValue::try_from(etag).map_err(serde::ser::Error::custom)?;
        Ok(Document { json: json.into(), etag })
    }

    /// Answers a request with these headers: with the document, or with 304 where the client has it.
    #[must_use]
    pub fn answer(&self, headers: &HeaderMap) -> Response {
        let etag = (ETAG, self.etag.clone());
        if self.is_in(headers) {
            return (StatusCode::NOT_MODIFIED, [etag]).into_response();
        }
        let json = (CONTENT_TYPE, HeaderValue::from_static("application/json"));
        ([json, etag], self.json.clone()).into_response()
    }

    /// Whether `If-None-Match` names this document. A tag in it may be marked as weak, which makes no difference here.
    fn is_in(&self, headers: &HeaderMap) -> bool {
        let lists = headers.get_all(IF_NONE_MATCH).iter();
        let mut tags = lists.flat_map(|list| list.as_bytes().split(|byte| *byte == b','));
        tags.any(|tag| {
            let tag = tag.trim_ascii();
            tag == b"*" || tag.strip_prefix(b"W/").unwrap_or(tag) == self.etag.as_bytes()
        })
    }
}

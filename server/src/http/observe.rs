//! What is noted of each request: its id, and the metrics.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use wmpf_voip::code::Code;

use crate::domain::limit::Limit;
use crate::domain::request_id::RequestId;
use crate::metrics::Metrics;

/// The header of an answer that has the id of its request.
pub(crate) const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Gives a request its id, and counts its answer.
pub(crate) async fn observe(
    State(metrics): State<Arc<Metrics>>,
    path: Option<MatchedPath>,
    mut request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let id = RequestId::new();
    let method = label(request.method());
    request.extensions_mut().insert(id);
    let mut response = id.scope(next.run(request)).await;
    if let Ok(value) = HeaderValue::try_from(id.to_string()) {
        response.headers_mut().insert(REQUEST_ID_HEADER, value);
    }
    let extensions = response.extensions();
    let (code, limit) = (extensions.get::<Code>().copied(), extensions.get::<Limit>().copied());
    // Files, and what there is not, would be too many.
    let path = path.as_ref().map_or("other", MatchedPath::as_str);
    metrics.answered(method, path, response.status().as_u16(), code, began.elapsed());
    if let Some(limit) = limit {
        metrics.limited(limit);
    }
    response
}

/// The method as a label. A client can make up methods.
fn label(method: &Method) -> &'static str {
    const METHODS: [&str; 5] = ["GET", "POST", "PUT", "DELETE", "OPTIONS"];
    METHODS.into_iter().find(|known| method == known).unwrap_or("other")
}

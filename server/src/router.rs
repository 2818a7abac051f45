//! The table of all routes, and what they have in common. The OpenAPI document is made from the same table.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use tower_http::cors::{Any, CorsLayer};
use tower_http::services::ServeDir;
use tower_http::trace::TraceLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wmpf_voip::protocol::IDEMPOTENCY_KEY_HEADER;

use crate::admin;
use crate::app::App;
use crate::config::Config;
use crate::demo;
use crate::domain::limits::MAX_BODY_BYTES;
use crate::http::authorisations;
use crate::http::call_socket;
use crate::http::calls;
use crate::http::device_calls;
use crate::http::document::Document;
use crate::http::failure::Failure;
use crate::http::health;
use crate::http::observe::{REQUEST_ID_HEADER, observe};
use crate::http::openapi::ApiDoc;
use crate::http::reminders;
use crate::http::site::{self, Site};
use crate::http::trace;
use crate::http::wmpf_calls;
use wmpf_voip_calls::preview::preview;

/// How long a request may take, its body included.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);

/// How long a browser may remember the answer to its CORS preflight.
const CORS_MAX_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// Where the operator's API is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AdminAt {
    /// At the address of everything else.
    SameAddress,
    /// At an address of its own.
    OwnAddress,
}

/// The routes of the address that everybody reaches.
///
/// # Errors
/// When the document of them cannot be written.
pub(crate) fn router(
    app: Arc<App>,
    config: &Config,
    admin_at: AdminAt,
) -> Result<Router, serde_json::Error> {
    let probes = OpenApiRouter::new()
        .routes(routes!(health::livez))
        .routes(routes!(health::readyz))
        .routes(routes!(health::healthz));
    let (router, mut document) = OpenApiRouter::with_openapi(ApiDoc::openapi())
        .routes(routes!(calls::create, calls::cancel_by_key))
        .routes(routes!(calls::show, calls::cancel))
        .routes(routes!(calls::signal))
        .routes(routes!(call_socket::open))
        .routes(routes!(wmpf_calls::create))
        .routes(routes!(device_calls::create))
        .routes(routes!(authorisations::authorise, authorisations::list))
        .routes(routes!(authorisations::withdraw))
        .routes(routes!(authorisations::bind_contacts))
        .routes(routes!(reminders::listen))
        .merge(probes.layer(map_response(health::mark)))
        .split_for_parts();
    let mut private = OpenApiRouter::new();
    if config.demo {
        let hosts = Arc::from(config.demo_hosts.as_slice());
        let demo = OpenApiRouter::new().routes(routes!(demo::tokens));
        private = private.merge(demo.layer(from_fn_with_state(hosts, demo::hosts::guard)));
    }
    private = match admin_at {
        AdminAt::SameAddress if config.admin_keys.is_empty() => {
            private.route("/v1/admin/{*path}", any(admin::without_key))
        }
        AdminAt::SameAddress => private.merge(admin::router(app.clone(), app.admin_keys.clone())),
        AdminAt::OwnAddress => private.route("/v1/admin/{*path}", any(admin::elsewhere)),
    };
    // Whoever has pages may have one of this name.
    if admin_at == AdminAt::OwnAddress && config.www.is_none() {
        private = private.route("/admin/", any(admin::elsewhere));
    }
    let (private, private_document) = private.split_for_parts();
    document.merge(private_document);
    let router = described(router, &document)?;
    let router = match &config.www {
        Some(www) => {
            let files = ServeDir::new(www)
                .call_fallback_on_method_not_allowed(true)
                .fallback(get(not_found).fallback(not_found));
            let (www, data) = (www.clone(), config.data.clone());
            let site = Arc::new(Site { www, data, csp: config.www_csp.clone() });
            let guarded = Router::new().fallback_service(files);
            router.fallback_service(guarded.layer(from_fn_with_state(site, site::guard)))
        }
        None => router.fallback(not_found),
    };
    // The demo is without CORS: otherwise any page that a developer visits could read tokens from the loopback
    // address.
    let private = private.method_not_allowed_fallback(method_not_allowed).layer(from_fn(in_time));
    Ok(observed(router.layer(from_fn(in_time)).layer(cors()).merge(private), app))
}

/// The routes of an address for operators only: their API, and their page.
///
/// # Errors
/// When the document of the API cannot be written.
pub(crate) fn of_operators(app: Arc<App>) -> Result<Router, serde_json::Error> {
    let api = admin::router(app.clone(), app.admin_keys.clone());
    let (api, document) =
        OpenApiRouter::with_openapi(ApiDoc::openapi()).merge(api).split_for_parts();
    let router = described(api, &document)?
        .merge(admin::page::routes()?)
        .fallback(not_found)
        .layer(from_fn(admin::page::guard))
        .layer(from_fn(in_time));
    Ok(observed(router, app))
}

/// The routes with the document of them, and what answers other methods.
fn described(
    router: Router<Arc<App>>,
    document: &utoipa::openapi::OpenApi,
) -> Result<Router<Arc<App>>, serde_json::Error> {
    let document = Document::new(document)?;
    Ok(router
        .route("/openapi.json", get(async move |headers: HeaderMap| document.answer(&headers)))
        .method_not_allowed_fallback(method_not_allowed))
}

/// The routes with the longest body, a line in the log for each request, and its metrics.
fn observed(router: Router<Arc<App>>, app: Arc<App>) -> Router {
    let (observed, of_span) = (app.metrics.clone(), app.clone());
    router
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(move |request: &Request| trace::span(&of_span, request))
                .on_request(())
                .on_response(trace::answered)
                .on_failure(()),
        )
        .layer(from_fn_with_state(observed, observe))
        .with_state(app)
}

/// Any origin may send requests: only the bearer token decides, and there are no cookies.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([
            AUTHORIZATION,
            CONTENT_TYPE,
            HeaderName::from_static(IDEMPOTENCY_KEY_HEADER),
        ])
        .expose_headers([RETRY_AFTER, REQUEST_ID_HEADER])
        .max_age(CORS_MAX_AGE)
}

async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(REQUEST_TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Failure::TooLate(REQUEST_TIMEOUT).into_response(),
    }
}

async fn not_found(request: Request) -> Failure {
    Failure::no_path(request.uri().path())
}

async fn method_not_allowed(request: Request) -> Failure {
    let method = preview(request.method().as_str());
    let path = preview(request.uri().path());
    Failure::Http(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("{path} does not take {method}; /openapi.json lists what it takes"),
    )
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use axum::body::Body;
    use tower::ServiceExt;
    use wmpf_voip::code::Code;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_request_that_takes_too_long_is_answered_all_the_same() {
        let stuck = Router::new().route("/", get(pending::<()>)).layer(from_fn(in_time));
        let response = stuck.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.extensions().get(), Some(&Code::CreateRoom));
    }
}

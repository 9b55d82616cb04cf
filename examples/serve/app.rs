//! The routes, and what every answer is held to: sizes, times, how many at once, what a page may load.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::error_handling::HandleErrorLayer;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use demarche::{Annotator, Engine, Index, Searcher};
use tower::ServiceBuilder;
use tower::load_shed::error::Overloaded;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use crate::answers::Answers;
use crate::{api, document_page, layout, picture_page, search_page};

/// A page may load its stylesheet and script from here, and nothing else from anywhere.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
    img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// How many requests are worked on at once; more are refused rather than queued without end.
const MAX_REQUESTS: usize = 256;
/// No request takes a body.
const MAX_BODY: usize = 1_024;
const TIMEOUT: Duration = Duration::from_secs(10);

/// So many pages are kept, of some 50 kB each.
const KEPT_PAGES: usize = 256;

/// What every request sees: one commit of an index, or a cluster.
#[derive(Debug)]
pub(crate) struct App {
    engine: Box<dyn Engine>,
    searcher: Option<Searcher>,
    pub(crate) annotator: Annotator,
    answers: Answers,
}

impl App {
    /// Shows the newest commit of an index.
    pub(crate) fn of_index(index: &Index) -> demarche::Result<App> {
        let searcher = index.searcher()?;
        let (engine, annotator) = (Box::new(searcher.clone()), index.annotator().clone());
        Ok(App { engine, searcher: Some(searcher), annotator, answers: Answers::new(KEPT_PAGES) })
    }

    /// Shows what an engine finds, whatever it is. Its documents may change at any time, so no page is kept.
    #[cfg_attr(not(feature = "quickwit"), allow(dead_code))]
    pub(crate) fn of_engine(engine: Box<dyn Engine>, annotator: Annotator) -> App {
        App { engine, searcher: None, annotator, answers: Answers::new(0) }
    }

    pub(crate) fn engine(&self) -> &dyn Engine {
        &*self.engine
    }

    /// What can tell more than an engine must: sets of paragraphs, completions, explanations.
    pub(crate) fn searcher(&self) -> Option<&Searcher> {
        self.searcher.as_ref()
    }
}

type Shared = Arc<App>;

/// All routes.
pub(crate) fn router(app: App) -> Router {
    let app: Shared = Arc::new(app);
    let headers = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    let mut router = Router::new()
        .route("/", get(search))
        .route("/pictures", get(pictures))
        .route("/document/{*id}", get(document))
        .route("/api/search", get(api_search))
        .route("/api/facets", get(api_facets))
        .route("/api/document/{*id}", get(api_document))
        .route("/api/suggest", get(api_suggest))
        .route("/api/openapi.json", get(|| async { asset("application/json", api::OPENAPI) }))
        .route("/style.css", get(|| async { asset("text/css; charset=utf-8", layout::STYLE) }))
        .route("/suggest.js", get(|| async { asset("text/javascript; charset=utf-8", layout::SCRIPT) }))
        .fallback(|| async { page(StatusCode::NOT_FOUND, layout::problem("There is no such page.")) })
        .with_state(app)
        .layer(RequestBodyLimitLayer::new(MAX_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT))
        .layer(
            ServiceBuilder::new().layer(HandleErrorLayer::new(overloaded)).load_shed().concurrency_limit(MAX_REQUESTS),
        );
    for (name, value) in headers {
        router = router.layer(SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value)));
    }
    router
}

async fn overloaded(error: axum::BoxError) -> Response {
    let status =
        if error.is::<Overloaded>() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::INTERNAL_SERVER_ERROR };
    page(status, layout::problem("Too many requests at once; try again in a moment."))
}

async fn search(State(app): State<Shared>, RawQuery(address): RawQuery) -> Response {
    kept(app, "/", address.unwrap_or_default(), search_page::page).await
}

async fn pictures(State(app): State<Shared>, RawQuery(address): RawQuery) -> Response {
    kept(app, "/pictures", address.unwrap_or_default(), picture_page::page).await
}

/// A page that is there already, or made now and kept.
async fn kept(
    app: Shared,
    path: &'static str,
    address: String,
    make: fn(&App, &str) -> demarche::Result<maud::Markup>,
) -> Response {
    let key = format!("{path}?{address}");
    if let Some(page) = app.answers.get(&key) {
        return Html(page).into_response();
    }
    work(move || match make(&app, &address) {
        Ok(markup) => {
            let made = Bytes::from(markup.into_string());
            app.answers.put(key, made.clone());
            Html(made).into_response()
        }
        Err(error) => page(status_of(&error), layout::problem(&error.to_string())),
    })
    .await
}

async fn document(State(app): State<Shared>, Path(id): Path<String>, RawQuery(address): RawQuery) -> Response {
    work(move || match document_page::page(&app, &id, &address.unwrap_or_default()) {
        Ok(Some(markup)) => page(StatusCode::OK, markup),
        Ok(None) => page(StatusCode::NOT_FOUND, layout::problem(&format!("There is no document {id:?}."))),
        Err(error) => page(status_of(&error), layout::problem(&error.to_string())),
    })
    .await
}

async fn api_search(State(app): State<Shared>, RawQuery(address): RawQuery) -> Response {
    work(move || json(api::search(&app, &address.unwrap_or_default()))).await
}

async fn api_facets(State(app): State<Shared>, RawQuery(address): RawQuery) -> Response {
    work(move || json(api::facets(&app, &address.unwrap_or_default()))).await
}

async fn api_document(State(app): State<Shared>, Path(id): Path<String>) -> Response {
    work(move || json(api::document(&app, &id))).await
}

async fn api_suggest(State(app): State<Shared>, RawQuery(address): RawQuery) -> Response {
    work(move || json(api::suggest(&app, &address.unwrap_or_default()))).await
}

/// Searches keep a core busy, so they run beside the threads that talk to the network.
async fn work(answer: impl FnOnce() -> Response + Send + 'static) -> Response {
    tokio::task::spawn_blocking(answer).await.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

fn page(status: StatusCode, markup: maud::Markup) -> Response {
    (status, Html(markup.into_string())).into_response()
}

fn json(answer: Result<serde_json::Value, api::Failure>) -> Response {
    match answer {
        Ok(value) => axum::Json(value).into_response(),
        Err(failure) => (failure.status, axum::Json(serde_json::json!({ "error": failure.message }))).into_response(),
    }
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=3600")], text).into_response()
}

/// Whose fault it is, as a status.
pub(crate) fn status_of(error: &demarche::Error) -> StatusCode {
    if error.is_input() { StatusCode::BAD_REQUEST } else { StatusCode::INTERNAL_SERVER_ERROR }
}

//! An explorer: a page in the browser over a folder of documents or an index, and the same as JSON.
//!
//! ```text
//! cargo run --release --example serve -- --docs seeds
//! cargo run --release --example serve -- --index my-index
//! cargo run --release --features quickwit --example serve -- --quickwit http://127.0.0.1:7280/speeches
//! ```
//!
//! It prints its address and stays on this machine unless `--host` says otherwise. The pages are made on the
//! server and work without script. What to look at, to build such a page: `view.rs` (the state in the
//! address becomes a request), `search_page.rs` (a result becomes a page), `api.rs` (or JSON), `answers.rs` (a page
//! that was made is kept).

mod answers;
mod api;
mod app;
mod document_page;
mod facet_tree;
mod hits;
mod layout;
mod marked;
mod picture_page;
#[path = "../pictures/mod.rs"]
mod pictures;
#[path = "../program/mod.rs"]
mod program;
mod search_page;
#[cfg(test)]
mod tests;
mod view;

use std::error::Error;
use std::net::IpAddr;
use std::process::ExitCode;

use clap::Parser as _;

use app::App;
use program::searched::Searched;

/// Shows documents, or an index made before, in the browser.
#[derive(Debug, clap::Parser)]
struct Arguments {
    #[command(flatten)]
    searched: Searched,
    /// Show this index on Quickwit, http://HOST:PORT/INDEX, instead of documents.
    #[cfg(feature = "quickwit")]
    #[arg(long, value_name = "URL", conflicts_with_all = ["index", "docs"])]
    quickwit: Option<String>,
    /// The address to listen on. Anyone who reaches it can read the documents: there is no login.
    #[arg(long, default_value = "127.0.0.1")]
    host: IpAddr,
    /// The port; 0 takes any that is free.
    #[arg(long, default_value_t = 8080)]
    port: u16,
}

fn main() -> ExitCode {
    program::ending(run(&Arguments::parse()).map(|()| ExitCode::SUCCESS))
}

#[tokio::main]
async fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let router = app::router(app(arguments)?);
    let (host, port) = (arguments.host, arguments.port);
    let listener = tokio::net::TcpListener::bind((host, port)).await;
    let listener =
        listener.map_err(|error| format!("cannot listen on {host}:{port}: {error} (--port 0 takes a free one)"))?;
    println!("http://{}/", listener.local_addr()?);
    let stop = async {
        // Without a handler for Ctrl-C the default one ends the process, which is all that is wanted.
        let _ = tokio::signal::ctrl_c().await;
    };
    axum::serve(listener, router).with_graceful_shutdown(stop).await?;
    Ok(())
}

/// What is shown.
fn app(arguments: &Arguments) -> Result<App, Box<dyn Error>> {
    #[cfg(feature = "quickwit")]
    if let Some(url) = &arguments.quickwit {
        let client = demarche::quickwit::Client::new(url)?;
        return Ok(App::of_engine(Box::new(client), demarche::Annotator::new()));
    }
    Ok(App::of_index(&arguments.searched.open()?)?)
}

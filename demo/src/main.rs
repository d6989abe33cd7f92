//! The demo cloud's command.

use std::sync::Arc;

use clap::Parser;
use sextant_demo::config::Cli;
use sextant_demo::state::App;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let cli = Cli::parse();
    let listen = cli.cloud.listen;
    let app = App::open(cli.cloud)?;
    let listener = TcpListener::bind(listen).await?;
    sextant_demo::nova::resume(&app);
    axum::serve(listener, sextant_demo::app(Arc::clone(&app))).await?;
    Ok(())
}

//! The demo cloud's command.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use clap::Parser;
use sextant_demo::config::{AppArgs, Cli, CloudArgs, Command};
use sextant_demo::keystone::ACCOUNTS;
use sextant_demo::serve;
use sextant_demo::state::App;
use sextant_demo::web::Site;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
    let cli = Cli::parse();
    match cli.command {
        Some(Command::App(args)) => serve_app(&args).await,
        None => serve_cloud(cli.cloud).await,
    }
}

async fn serve_cloud(mut options: CloudArgs) -> anyhow::Result<()> {
    let listener = bind(options.listen).await?;
    // With port 0 the system has chosen one by now, and the catalog must name it.
    options.listen = listener.local_addr()?;
    let app = App::open(options)?;
    sextant_demo::nova::resume(&app);
    io::stdout().write_all(welcome(&app).as_bytes())?;
    let patience = app.patience();
    serve(listener, sextant_demo::app(app), patience).await
}

async fn serve_app(args: &AppArgs) -> anyhow::Result<()> {
    let listener = bind(args.listen).await?;
    let site = Site::new(&args.dist, args.config.as_deref(), &args.connect_src)?;
    writeln!(io::stdout(), "Sextant from {} on http://{}", args.dist.display(), args.listen)?;
    serve(listener, site.router(), serve::PATIENCE).await
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))
}

/// Until Ctrl-C or a TERM. Connections are cut then, as in a crash: nothing that was answered depends on a good end.
async fn serve(listener: TcpListener, router: Router, patience: Duration) -> anyhow::Result<()> {
    tokio::select! {
        () = serve::serve(listener, router, patience) => Ok(()),
        stopped = stop() => stopped,
    }
}

async fn stop() -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            result = tokio::signal::ctrl_c() => result?,
            _ = term.recv() => {}
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await?;
    Ok(())
}

fn welcome(app: &Arc<App>) -> String {
    let mut text = format!(
        "Demo cloud on {base}\n  Keystone  {base}/identity/v3\n  State     {place}\n\n  {:<8}{:<12}{:<9}{}\n",
        "user",
        "password",
        "project",
        "",
        base = app.base_url(),
        place = if app.options.memory { "in memory".into() } else { app.folder.display().to_string() },
    );
    for account in ACCOUNTS {
        text +=
            &format!("  {:<8}{:<12}{:<9}{}\n", account.user, account.password, account.project, account.note);
    }
    text
}

//! The room service's command line: flags, logs and signals.

mod admin_cli;
mod connection_flags;
mod rate_flags;

use std::fmt::Display;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use axum::http::HeaderValue;
use clap::builder::BoolishValueParser;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum, value_parser};
use connection_flags::{ConnectionFlags, raise_max_files};
use mimalloc::MiMalloc;
use rate_flags::RateFlags;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;
use wmpf_voip_server::config::{Config, WWW_CSP, WWW_CSP_OF_DEMO};
use wmpf_voip_server::domain::admin_key::AdminKeys;
use wmpf_voip_server::domain::clock::Clock;
use wmpf_voip_server::media::ice::{IceServers, MAX_LIFETIME_SECONDS};
use wmpf_voip_server::service::Service;

/// Most of what a request allocates is freed by another thread than the one that has allocated it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// The room service of wmpf-voip: creates rooms, checks who may call whom, and reminds listeners.
///
/// Every flag has an environment variable; the flag wins. The service needs no other process; what it
/// knows is in one SQLite file. SIGINT and SIGTERM stop it: sockets are closed, requests finish.
/// /openapi.json describes what it answers, /readyz says whether it works.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Program {
    #[command(flatten)]
    flags: Flags,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Change what a running service knows, and issue tokens.
    ///
    /// The answer is printed as JSON. A refusal is an error, and the exit code 1.
    Admin(admin_cli::Admin),
}

#[derive(Args)]
struct Flags {
    /// Address to listen on; port 0 takes a free one, and the log says which.
    #[arg(
        long,
        env = "WMPF_VOIP_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8787"
    )]
    listen: SocketAddr,

    /// The SQLite file; it is created if it is not there.
    #[arg(long, env = "WMPF_VOIP_DATA", value_name = "FILE", default_value = "wmpf-voip.sqlite")]
    data: PathBuf,

    /// Directory of static files to serve at /.
    #[arg(long, env = "WMPF_VOIP_WWW", value_name = "DIRECTORY")]
    www: Option<PathBuf>,

    /// What the pages of --www may load and do, as the header Content-Security-Policy says it; an empty text sends no such
    /// header. By default what is of their own origin, with wasm, but without scripts that stand in a page.
    #[arg(long, env = "WMPF_VOIP_WWW_CSP", value_name = "POLICY", value_parser = policy)]
    www_csp: Option<HeaderValue>,

    /// Add records to play with, and give tokens for them to anybody who asks /v1/demo.
    #[arg(long, env = "WMPF_VOIP_DEMO", value_parser = BoolishValueParser::new())]
    demo: bool,

    /// A name by which the demo is reached, beside IP addresses and localhost; separated by commas, or each with a flag of
    /// its own. To others the demo gives no tokens, because a page of somebody else may have given its name this
    /// machine's address.
    #[arg(long, env = "WMPF_VOIP_DEMO_HOSTS", value_name = "HOST", value_delimiter = ',')]
    demo_host: Vec<String>,

    /// Address at which Prometheus reads the metrics, at /metrics. Whoever reaches it may read them: keep it to machines
    /// of yours. Without it there are none.
    #[arg(long, env = "WMPF_VOIP_METRICS_LISTEN", value_name = "ADDRESS")]
    metrics_listen: Option<SocketAddr>,

    /// Lets whoever has this key administer the service, with the command 'admin' or by /v1/admin/. At least 32
    /// visible ASCII characters, for example from 'openssl rand -hex 32'. Other users of the machine can
    /// read flags, so it is better to set the variable.
    #[arg(long, env = "WMPF_VOIP_ADMIN_KEY", value_name = "KEY", hide_env_values = true)]
    admin_key: Option<String>,

    /// File with the keys of several operators: in each line a name and a key. The audit record says by the names who has
    /// changed what; the key of --admin-key is called 'admin' there, and none in the file is.
    #[arg(long, env = "WMPF_VOIP_ADMIN_KEYS_FILE", value_name = "FILE")]
    admin_keys_file: Option<PathBuf>,

    /// STUN servers by which the ends of a call find their own addresses, such as stun:stun.example.com:3478;
    /// separated by commas, or each with a flag of its own.
    #[arg(long, env = "WMPF_VOIP_STUN_URLS", value_name = "URL", value_delimiter = ',')]
    stun_url: Vec<String>,

    /// TURN servers that carry a call where there is no direct way, such as turn:turn.example.com:3478;
    /// separated by commas, or each with a flag of its own. They need --turn-secret.
    #[arg(long, env = "WMPF_VOIP_TURN_URLS", value_name = "URL", value_delimiter = ',')]
    turn_url: Vec<String>,

    /// What the TURN servers have as their static-auth-secret: those whose call was answered get credentials
    /// that are made with it. Other users of the machine can read flags, so it is better to set the variable.
    #[arg(long, env = "WMPF_VOIP_TURN_SECRET", value_name = "SECRET", hide_env_values = true)]
    turn_secret: Option<String>,

    /// For how many seconds the credentials for the TURN servers are valid, at most 600. As long as a call goes on, its
    /// parties get new ones when half of that has passed.
    #[arg(
        long,
        env = "WMPF_VOIP_TURN_LIFETIME",
        value_name = "SECONDS",
        default_value_t = MAX_LIFETIME_SECONDS,
        value_parser = value_parser!(u32).range(10..=i64::from(MAX_LIFETIME_SECONDS))
    )]
    turn_lifetime: u32,

    #[command(flatten)]
    connections: ConnectionFlags,

    #[command(flatten)]
    rates: RateFlags,

    /// What to log: error, warn, info, debug, trace, or a filter such as info,wmpf_voip_server=debug.
    #[arg(
        long,
        env = "WMPF_VOIP_LOG",
        value_name = "FILTER",
        default_value = "info",
        value_parser = log_filter
    )]
    log: EnvFilter,

    /// How to log; it goes to standard error.
    #[arg(long, env = "WMPF_VOIP_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    log_format: LogFormat,
}

#[derive(Clone, Copy, ValueEnum)]
enum LogFormat {
    /// For people.
    Text,
    /// One object a line.
    Json,
}

/// Reads the log filter, and adds that the libraries for sockets and for webhooks log nothing at `trace`: they would
/// log every byte, the keys of the media included.
fn log_filter(text: &str) -> Result<EnvFilter, ParseError> {
    let filter = EnvFilter::try_new(text)?;
    Ok(filter.add_directive("tungstenite=error".parse()?).add_directive("ureq=off".parse()?))
}

/// Reads a policy, which is sent as a header: in visible ASCII characters and spaces.
fn policy(text: &str) -> Result<HeaderValue, String> {
    let wrong = "expected the value of a header, in visible ASCII characters and spaces";
    if !text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
        return Err(wrong.to_owned());
    }
    HeaderValue::from_str(text).map_err(|_| wrong.to_owned())
}

fn main() -> ExitCode {
    let mut words = Program::command();
    let matches = words.get_matches_mut();
    let program = Program::from_arg_matches(&matches);
    let Program { flags, command } =
        program.unwrap_or_else(|error| error.format(&mut words).exit());
    match command {
        None => serve(flags),
        Some(Command::Admin(admin)) => match admin.run(admin_cli::typed(&words, &matches)) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::FAILURE
            }
        },
    }
}

#[tokio::main]
async fn serve(flags: Flags) -> ExitCode {
    let Flags {
        listen,
        data,
        www,
        www_csp,
        demo,
        demo_host,
        metrics_listen,
        admin_key,
        admin_keys_file,
        stun_url,
        turn_url,
        turn_secret,
        turn_lifetime,
        connections,
        rates,
        log,
        log_format,
    } = flags;
    let log = tracing_subscriber::fmt()
        .with_env_filter(log)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    let ended = async {
        let admin_keys = admin_keys(admin_key.as_deref(), admin_keys_file.as_deref())?;
        let ice = IceServers::new(stun_url, turn_url, turn_secret.as_deref())?;
        let ice = ice.valid_for(turn_lifetime);
        let connections = connections.limits(raise_max_files())?;
        let clock = Clock::default();
        let default_policy = HeaderValue::from_static(if demo { WWW_CSP_OF_DEMO } else { WWW_CSP });
        let config = Config {
            data,
            www,
            www_csp: Some(www_csp.unwrap_or(default_policy)).filter(|policy| !policy.is_empty()),
            demo,
            demo_hosts: demo_host,
            admin_keys,
            ice,
            clock,
            connections,
            proxies: rates.proxies(),
            rates: rates.rates(demo),
            ringing: rates.ringing(demo),
        };
        run(listen, metrics_listen, config).await
    };
    match ended.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the service could not run");
            ExitCode::FAILURE
        }
    }
}

/// The keys of all operators.
fn admin_keys(key: Option<&str>, file: Option<&Path>) -> Result<AdminKeys, String> {
    let mut keys = match file {
        Some(path) => {
            let wrong =
                |error: &dyn Display| format!("--admin-keys-file {}: {error}", path.display());
            let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
            AdminKeys::read(&text).map_err(|error| wrong(&error))?
        }
        None => AdminKeys::default(),
    };
    if let Some(key) = key {
        keys.add(key).map_err(|error| error.to_string())?;
    }
    Ok(keys)
}

async fn run(
    address: SocketAddr,
    metrics_address: Option<SocketAddr>,
    config: Config,
) -> Result<(), Box<dyn std::error::Error>> {
    // The signals are handled before the service listens, so that none of them can stop it ungracefully afterwards.
    let shutdown = shutdown()?;
    let with_demo = config.demo;
    let mut service = Service::open(config).await?;
    let listener = bind(address, "--listen or WMPF_VOIP_LISTEN").await?;
    let address = listener.local_addr()?;
    if let Some(address) = metrics_address {
        let listener = bind(address, "--metrics-listen or WMPF_VOIP_METRICS_LISTEN").await?;
        tracing::info!(address = %listener.local_addr()?, "listening for whoever reads metrics");
        service = service.with_metrics_on(listener);
    }
    if with_demo && !address.ip().is_loopback() {
        tracing::warn!(%address, "--demo: anybody who reaches this address gets tokens");
    }
    tracing::info!(%address, "listening");
    service.serve(listener, shutdown).await;
    tracing::info!("stopped");
    Ok(())
}

async fn bind(address: SocketAddr, flag: &str) -> Result<TcpListener, String> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|error| format!("{address}: {error}; choose another address with {flag}"))
}

#[cfg(unix)]
fn shutdown() -> std::io::Result<impl Future<Output = ()> + Send> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(windows)]
fn shutdown() -> std::io::Result<impl Future<Output = ()> + Send> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}

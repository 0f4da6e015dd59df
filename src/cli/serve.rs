//! `serve`: the portal, until a signal ends it.

use std::{io::Write as _, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

use super::{
    context::Context,
    desk,
    exit::{Exit, Failure},
    journal,
    serve_args::ServeArgs,
    worker_process::WorkerProcess,
};
use crate::{
    batch::Records,
    hiring::Token,
    portal::{
        App, Csrf, CsrfKeyError, InvalidSettings, Library, Live, Meters, Office, Portal,
        ServeError, Settings, Throttle, serve,
    },
    receiving::{Broken, KeyError, ReceiptKey, Reception, Spool},
    reviewing::LINK_MS,
    store::{SystemClock, Team as _, Workload as _, upkeep::KEYS},
};

pub(super) const RECEIPT_KEY: &str = "receipt.pem";
const SPOOL: &str = "spool";
/// What whoever reads `/metrics` has to show.
const METRICS_TOKEN: &str = "TAKEHOME_METRICS_TOKEN";

pub(super) async fn run(context: &Context, mut args: ServeArgs) -> Result<Exit, Failure> {
    journal::begin();
    raise_open_files();
    let listener = TcpListener::bind(args.listen).await.map_err(|error| {
        Failure::usage(
            format!("could not listen on {}: {error}", args.listen),
            "give another --listen, or stop what listens there",
        )
    })?;
    let address = listener.local_addr().unwrap_or(args.listen);
    if args.mail.url.is_none() && address.ip().is_loopback() {
        // Whoever tries it on one machine gets links that lead there.
        args.mail.url = format!("http://{address}").parse().ok();
    }
    let mut settings = Settings::new(context.home.clone()).found_at(args.mail.url.clone())?;
    settings.trusted_proxies = args.trusted_proxy.clone();
    settings.upload_bytes = args.upload_limit.as_u64();
    settings.grace = Duration::from_millis(args.grace.ms().unsigned_abs());
    settings.metrics_token = desk::setting(METRICS_TOKEN)?
        .map(|token| token.trim().to_owned())
        .filter(|token| !token.is_empty());
    let records = context.records().await?;
    let reception = reception(context, &records, &settings)?;
    let app = Arc::new(Portal {
        store: records.database.clone(),
        blobs: records.blobs.clone(),
        library: Library::new(context.roots.clone()),
        clock: Arc::new(SystemClock),
        csrf: Csrf::open(&keys(context).join("portal.key"))?,
        office: office(context, &args)?,
        settings,
        reception,
        live: Live::new(),
        meters: Meters::new(records.database.newest_line().await?),
        throttle: Throttle::new(),
        stopping: CancellationToken::new(),
    });
    recover(&app).await?;
    let shutdown = signals()?;
    // On standard output, for whoever started it with port 0, and who may have gone since.
    let _ = writeln!(std::io::stdout(), "listening on http://{address}");
    offer_first(&app, address).await?;
    tracing::info!(target: "takehome::portal", %address, "listening");
    let worker = match args.no_worker {
        true => None,
        false => Some(WorkerProcess::start(context, args.workers)?),
    };
    let served = serve(app, listener, shutdown).await;
    if let Some(worker) = worker {
        worker.end().await;
    }
    served?;
    records.database.close().await;
    Ok(Exit::Ok)
}

/// At the first start there is nobody who could sign in, and no password that everybody knows: whoever
/// started the portal gets a link, on standard output, that makes the first account. Each start makes a
/// new one until it was used.
async fn offer_first(app: &App, address: SocketAddr) -> Result<(), Failure> {
    let token = Token::new();
    let expires_ms = app.now_ms().saturating_add(LINK_MS);
    if app.store.offer_first(token.hash(), expires_ms).await? {
        let base = app.settings.url.as_ref().map(ToString::to_string);
        let base = base.unwrap_or_else(|| format!("http://{address}"));
        let _ = writeln!(std::io::stdout(), "set-up link: {base}/team/set-up/{}", token.reveal());
    }
    Ok(())
}

/// Where the keys are that receipts and forms need.
pub(super) fn keys(context: &Context) -> PathBuf {
    context.home.join(KEYS)
}

/// Where uploads are received: their spool and the key of their receipts are in the home.
fn reception(
    context: &Context,
    records: &Records,
    settings: &Settings,
) -> Result<Reception, Failure> {
    Ok(Reception::new(
        records.database.clone(),
        records.blobs.clone(),
        Spool::open(&context.home.join(SPOOL))?,
        ReceiptKey::open(&keys(context).join(RECEIPT_KEY))?,
        Arc::new(SystemClock),
        i64::try_from(settings.grace.as_millis()).unwrap_or(i64::MAX),
    ))
}

/// Records what was complete when an earlier process was killed.
async fn recover(app: &App) -> Result<(), Failure> {
    let challenge = async |id: &str| {
        let task = app.library.task(id).await;
        task.map(|task| task.challenge.clone()).ok()
    };
    let recorded = app.reception.recover(challenge).await?;
    if recorded > 0 {
        tracing::info!(target: "takehome::portal", recorded, "uploads of an earlier process");
    }
    Ok(())
}

/// Who writes messages: as for `send`, but without a mail server they go to a folder of the home.
fn office(context: &Context, args: &ServeArgs) -> Result<Option<Office>, Failure> {
    desk::office(&args.mail, context.home.join("outbox"))
}

/// Each connection and each upload needs a file descriptor, and many systems start with 1,024.
fn raise_open_files() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // What it has must do, then.
    let _ = setrlimit(Resource::Nofile, limit);
}

/// The first signal lets requests finish, the second ends the process.
fn signals() -> Result<CancellationToken, Failure> {
    let failed = |error: std::io::Error| Failure {
        exit: Exit::Infra,
        message: format!("could not listen for signals: {error}"),
        remedy: "check the limits of this user".into(),
    };
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let shutdown = CancellationToken::new();
    let begun = shutdown.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!(target: "takehome::portal", "stopping; what is being uploaded may finish");
        begun.cancel();
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        std::process::exit(Exit::Interrupted as i32);
    });
    Ok(shutdown)
}

impl From<Broken> for Failure {
    fn from(error: Broken) -> Self {
        Self {
            exit: Exit::Infra,
            message: error.to_string(),
            remedy: "check that the disk has room and that the home is yours".into(),
        }
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        Self {
            exit: Exit::Infra,
            message: error.to_string(),
            remedy: "restore it from a backup; without the file a new key is made, and earlier \
                     receipts are no longer verified by it"
                .into(),
        }
    }
}

impl From<InvalidSettings> for Failure {
    fn from(error: InvalidSettings) -> Self {
        Self::usage(
            error.to_string(),
            "give --url a host without a path, such as https://jobs.example.org",
        )
    }
}

impl From<CsrfKeyError> for Failure {
    fn from(error: CsrfKeyError) -> Self {
        Self {
            exit: Exit::Infra,
            message: error.to_string(),
            remedy: "check that the home is yours; without the file, a new key is made".into(),
        }
    }
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        Self {
            exit: Exit::Infra,
            message: error.to_string(),
            remedy: "see the log, and start it again".into(),
        }
    }
}

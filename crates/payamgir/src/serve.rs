//! `init` and `serve`: the exposed machine.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use data_encoding::HEXLOWER;
use payamgir_log::{Error, Log, LogKey, Mode};
use payamgir_roster::{Fold, kind};
use payamgir_server::channels::{Channels, NoChannels};
use payamgir_server::world::World;
use payamgir_server::{
    Clock, Desk, Editions, Flood, Lanes, NoDesk, Receipts, Returning, Settings, Stores, journal,
    pages, settings,
};
use payamgir_text::lang::Lang;
use payamgir_wire::armor::{Label, dearmor};
use sha2::{Digest, Sha256};
use tokio::signal::unix::{SignalKind, signal};
use zeroize::Zeroizing;

use crate::cli::{InitArgs, OfflinePageArgs, ServeArgs};
use crate::config::{self, Config, SAMPLE};
use crate::problem::Problem;
use crate::words::{Say, pick};
use crate::{channels_config, files, output, world};

const MIB: u64 = 1 << 20;

/// Names of the files in a server's folder.
pub const CONFIG: &str = "payamgir.toml";
const LOG_KEY: &str = "log.key";
pub const LOG_PUBLIC: &str = "log.pub";
pub const LOG: &str = "log";
/// Uploads that are not whole yet.
const UPLOADS: &str = "uploads";
/// What members leave for the recovery kit.
const DEPOSITS: &str = "recovery";

/// `payamgir init`
pub fn init(args: &InitArgs, lang: Lang) -> Result<(), Problem> {
    let desk = args.desk.as_deref().map(files::read).transpose()?;
    let public = create(&args.folder.dir, desk.as_deref(), args.origin.as_deref())?;
    let dir = args.folder.dir.display();
    let said = pick(
        lang,
        "ساخته شد. تنظیمات در payamgir.toml است. کلید لاگ، که تحریریه با آن سرور را می‌سنجد:",
        "Made. The configuration is payamgir.toml. The log key, by which the desk checks this server:",
    );
    eprintln!("{dir}: {said}");
    output::line(public)?;
    if desk.is_none() {
        let next = pick(
            lang,
            "پیش از serve فایل desk.pub تحریریه را در این پوشه بگذارید.",
            "Before serve, put the desk's desk.pub into this folder.",
        );
        eprintln!("{next}");
    }
    Ok(())
}

/// Makes a server's folder; gives the log's public key.
pub fn create(dir: &Path, desk: Option<&str>, origin: Option<&str>) -> Result<String, Problem> {
    if let Some(desk) = desk {
        read_desk(desk)?;
    }
    let origin = origin.map_or_else(random_origin, str::to_owned);
    let mut seed = Zeroizing::new([0; 32]);
    world::random(&mut *seed);
    let secret = LogKey::generate(&origin, &seed).map_err(bad_origin)?;
    let secret = Zeroizing::new(secret);
    let key = LogKey::parse(&secret).map_err(bad_origin)?;
    let public = key.verifier().to_string();
    if dir.join(CONFIG).exists() || dir.join(LOG_KEY).exists() {
        return Err(already(dir));
    }
    files::folder(dir)?;
    files::create(&dir.join(CONFIG), SAMPLE.as_bytes())?;
    files::create(&dir.join(channels_config::FILE), channels_config::SAMPLE.as_bytes())?;
    files::create(&dir.join(LOG_KEY), secret.as_bytes())?;
    files::create(&dir.join(LOG_PUBLIC), format!("{public}\n").as_bytes())?;
    if let Some(desk) = desk {
        files::create(&dir.join(Config::default().desk), desk.as_bytes())?;
    }
    Log::create(&dir.join(LOG), &key).map_err(|error| log_problem(dir, error))?;
    Ok(public)
}

/// `payamgir offline-page`
pub fn offline_page(args: &OfflinePageArgs, lang: Lang) -> Result<(), Problem> {
    let dir = &args.folder.dir;
    let config = read_config(dir)?;
    let settings = settings(dir, &config, vec![])?;
    let page = match &args.page {
        None => settings.site.languages[0],
        Some(code) => pages::Language::of(code).ok_or_else(no_language)?,
    };
    let founding = founding(&dir.join(&config.desk))?;
    let log = open_log(dir, &config, Mode::Tool)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(no_runtime)?;
    let desk = runtime.block_on(Desk::open(&log, founding.as_deref()));
    let desk = desk.map_err(|error| no_desk(dir, &config, error))?;
    let html = payamgir_server::offline_page(&settings.site, page, &desk);
    let hash = HEXLOWER.encode(&Sha256::digest(&html));
    eprintln!("{} {hash}", pick(lang, "هش SHA-256 این صفحه:", "SHA-256 of this page:"));
    output::bytes(html.as_bytes())
}

fn no_language() -> Problem {
    let what = Say::new("چنین زبانی نیست.", "There is no such language.");
    let codes: Vec<&str> = pages::Language::all().iter().map(|language| language.code).collect();
    let codes = codes.join(", ");
    let to_do = Say::new(format!("یکی از این‌ها: {codes}"), format!("One of: {codes}"));
    Problem::new(what, to_do).exits(2)
}

/// `payamgir serve`
pub fn serve(args: &ServeArgs, lang: Lang) -> Result<(), Problem> {
    let dir = &args.folder.dir;
    let mut config = read_config(dir)?;
    config.listen = args.listen.unwrap_or(config.listen);
    config.desk_listen = args.desk_listen.unwrap_or(config.desk_listen);
    run(dir, &config, lang, |_| {}, stop_signal)
}

/// Serves a folder until `stop`; `ready` is told the two addresses.
pub fn run<F: Future<Output = ()>>(
    dir: &Path,
    config: &Config,
    lang: Lang,
    ready: impl FnOnce((std::net::SocketAddr, std::net::SocketAddr)),
    stop: impl FnOnce() -> F,
) -> Result<(), Problem> {
    let settings = settings(dir, config, channels_config::ways(dir)?)?;
    let founding = founding(&dir.join(&config.desk))?;
    let log = open_log(dir, config, Mode::Server)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(config.limits.uploads as usize + 8)
        .build()
        .map_err(no_runtime)?;
    runtime.block_on(async {
        let desk = Desk::open(&log, founding.as_deref()).await;
        let desk = desk.map_err(|error| no_desk(dir, config, error))?;
        // Before the addresses are told: a signal that comes right after must not kill.
        let stop = stop();
        let world = World { now: Arc::new(world::now), random: Arc::new(world::random) };
        let bound = payamgir_server::bind(settings, &world).await;
        let bound = bound.map_err(|e| no_address(config, e))?;
        let addresses = bound.addresses().map_err(|e| no_address(config, e))?;
        announce(addresses, lang);
        ready(addresses);
        let journal = journal::calm(world::now, |event| eprintln!("payamgir: {event}"));
        let channels = start_channels(dir, &log, &desk, (&world, &journal)).await?;
        let returning = Returning::open(dir, config.limits.answer_days, &desk, world.clone());
        let returning = returning.map_err(|error| no_database(dir, "answers.db", error))?;
        let receipts = Receipts::open(dir, clock(config), world.clone());
        let receipts = receipts.map_err(|error| no_database(dir, "receipts.db", error))?;
        let flood = Flood::open(dir, lanes(config), world.clone());
        let flood = flood.map_err(|error| no_database(dir, "passes.db", error))?;
        let editions = editions(dir, lang);
        let stores = Stores { channels, returning, receipts, flood, editions };
        bound.serve((log, desk), stores, (world, journal), stop).await;
        Ok(())
    })
}

/// What is published. Where that is damaged none of it is served, and people write all the same.
fn editions(dir: &Path, lang: Lang) -> Editions {
    Editions::open(dir).unwrap_or_else(|error| {
        eprint!("{}", no_editions(dir, error).tell(lang));
        Editions::empty(dir)
    })
}

/// Starts the messengers' accounts.
async fn start_channels(
    dir: &Path,
    log: &Log,
    desk: &Desk,
    (world, journal): (&World, &journal::Journal),
) -> Result<Channels, Problem> {
    let settings = channels_config::read(dir)?;
    let held = (log.clone(), desk.clone());
    let told = (world.clone(), journal.clone());
    let started = tokio::task::spawn_blocking(move || Channels::start(settings, held, told)).await;
    started.map_err(|error| no_runtime(std::io::Error::other(error)))?.map_err(no_channels)
}

fn clock(config: &Config) -> Clock {
    Clock { every: config.limits.receipt_seconds, step: config.limits.receipt_records }
}

fn lanes(config: &Config) -> Lanes {
    let limits = &config.limits;
    Lanes {
        plain: (limits.plain_burst as f64, limits.plain_per_second as f64),
        proven: (limits.proven_burst as f64, limits.proven_per_second as f64),
        work: limits.proof_work,
        share: limits.plain_storage_percent as f64 / 100.0,
    }
}

/// What one connection may send; no limit where it is 0 a second.
fn connection_pace(limits: &config::Limits) -> (f64, f64) {
    match limits.connection_per_second {
        0 => (f64::INFINITY, 0.0),
        rate => (limits.connection_burst.max(1) as f64, rate as f64),
    }
}

/// A database of what waits for sources could not be opened.
fn no_database(
    dir: &Path,
    name: &str,
    error: impl std::error::Error + Send + Sync + 'static,
) -> Problem {
    let file = dir.join(name).display().to_string();
    let what = Say::new(
        format!("پایگاه داده‌ی کنار لاگ باز نشد: {file}"),
        format!("A database beside the log could not be opened: {file}"),
    );
    let to_do = Say::new(
        "دسترسی و جای دیسک را ببینید. اگر پرونده خراب است، آن را کنار بگذارید: آنچه در آن است از دست می‌رود و نه هیچ پیامی.",
        "Check permissions and disk space. If the file is damaged, put it aside: what is in it is lost, and no submission.",
    );
    Problem::new(what, to_do).because(error)
}

fn no_editions(dir: &Path, error: std::io::Error) -> Problem {
    let folder = dir.join("editions").display().to_string();
    let what = Say::new(
        format!("آنچه منتشر شده بود درست خوانده نشد و نشان داده نمی‌شود: {folder}"),
        format!("What was published could not be read whole, and is not shown: {folder}"),
    );
    let to_do = Say::new(
        "بقیه‌ی سرور کار می‌کند. دیسک و دسترسی را ببینید؛ میزها دوباره منتشر می‌کنند.",
        "Everything else runs. Check the disk and permissions; the desks publish it again.",
    );
    Problem::new(what, to_do).because(error)
}

fn no_channels(error: NoChannels) -> Problem {
    let what = Say::new("پیام‌رسان‌ها آغاز نشدند.", "The messengers' accounts could not be started.");
    let to_do = Say::new(
        "channels.toml و پرونده‌های کنار آن را ببینید؛ «payamgir doctor» آنها را می‌سنجد.",
        "Look at channels.toml and the files beside it; `payamgir doctor` checks them.",
    );
    Problem::new(what, to_do).because(error)
}

fn announce((public, private): (std::net::SocketAddr, std::net::SocketAddr), lang: Lang) {
    let (sources, desks) = (pick(lang, "فرستندگان", "sources"), pick(lang, "تحریریه‌ها", "desks"));
    eprintln!("payamgir: {sources}: http://{public}/\npayamgir: {desks}: http://{private}/");
}

/// Resolves at SIGTERM, SIGINT or SIGHUP: a terminal that is closed asks for a clean end too.
pub fn stop_signal() -> impl Future<Output = ()> {
    let listen = |kind| signal(kind).expect("signals can be listened for");
    let (mut term, mut int) = (listen(SignalKind::terminate()), listen(SignalKind::interrupt()));
    let mut hangup = listen(SignalKind::hangup());
    async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}

/// Opens a server's log for serving or for a tool.
pub fn open_log(dir: &Path, config: &Config, mode: Mode) -> Result<Log, Problem> {
    let key = log_key(dir)?;
    let limits = payamgir_log::Limits {
        storage: config.limits.storage_mib.saturating_mul(MIB),
        keep_free: config.limits.keep_free_mib.saturating_mul(MIB),
    };
    Log::open(&dir.join(LOG), key, limits, mode).map_err(|error| log_problem(dir, error))
}

fn log_key(dir: &Path) -> Result<LogKey, Problem> {
    let secret = Zeroizing::new(files::read(&dir.join(LOG_KEY))?);
    LogKey::parse(secret.trim()).map_err(|error| log_problem(dir, error))
}

/// Reads a server's configuration.
pub fn read_config(dir: &Path) -> Result<Config, Problem> {
    if !dir.join(CONFIG).exists() {
        return Err(no_folder(dir));
    }
    Config::parse(&files::read(&dir.join(CONFIG))?)
}

fn settings(dir: &Path, config: &Config, ways: Vec<pages::Way>) -> Result<Settings, Problem> {
    let (limits, site) = (&config.limits, &config.site);
    let log_key = log_key(dir)?.verifier().to_string();
    Ok(Settings {
        listen: config.listen,
        desk_listen: config.desk_listen,
        deposits: dir.join(DEPOSITS),
        uploads: dir.join(UPLOADS),
        site: pages::Site {
            name_fa: site.name_fa.clone(),
            name_en: site.name_en.clone(),
            exit_url: site.exit_url.clone(),
            text_chars: limits.text_chars,
            files: limits.files,
            file_bytes: limits.file_mib.saturating_mul(MIB),
            total_bytes: limits.submission_mib.saturating_mul(MIB),
            languages: site.languages.iter().filter_map(|code| pages::Language::of(code)).collect(),
            ways,
            receipts: limits.receipt_seconds > 0,
            log_key,
        },
        limits: settings::Limits {
            submission_bytes: limits.submission_mib.saturating_mul(MIB),
            connections: limits.connections as usize,
            connection_pace: connection_pace(limits),
            unfinished_bytes: limits.unfinished_mib.saturating_mul(MIB),
            uploads: limits.uploads as usize,
            upload_wait: Duration::from_secs(limits.upload_wait_seconds),
            head_timeout: Duration::from_secs(limits.head_seconds),
            pause: Duration::from_secs(limits.pause_seconds),
            pace_bytes: limits.pace_bytes,
            pace_window: Duration::from_secs(limits.pace_seconds),
            stop_grace: Duration::from_secs(limits.stop_seconds),
        },
    })
}

/// The founding in the desk's public half, where that is there: a log that names its desk already
/// does not need it.
fn founding(path: &Path) -> Result<Option<Vec<u8>>, Problem> {
    if !path.exists() {
        return Ok(None);
    }
    read_desk(&files::read(path)?).map(Some)
}

fn read_desk(text: &str) -> Result<Vec<u8>, Problem> {
    let wrong = || {
        let what = Say::new(
            "نیمه‌ی عمومی تحریریه (desk.pub) درست نیست.",
            "The desk's public half (desk.pub) is not usable.",
        );
        let to_do = Say::new(
            "فایلی را که «payamgir desk init» ساخته دوباره بیاورید.",
            "Copy the file that `payamgir desk init` wrote once more.",
        );
        Problem::new(what, to_do)
    };
    let body = dearmor(Label::Desk, text).map_err(|e| wrong().because(e))?;
    let founded = Fold::default().hear(0, kind::STATEMENT, &body);
    founded.map_err(|refusal| wrong().because(refusal))?;
    Ok(body)
}

fn random_origin() -> String {
    let mut bytes = [0; 6];
    world::random(&mut bytes);
    bytes.iter().fold("payamgir/".to_owned(), |name, byte| format!("{name}{byte:02x}"))
}

fn bad_origin(error: Error) -> Problem {
    let what = Say::new("این نام برای لاگ نمی‌شود.", "That name cannot be a log's.");
    let to_do = Say::new(
        "نامی بی‌فاصله و بی «+» بدهید، مانند desk.example/log.",
        "Give one without spaces and plus signs, such as desk.example/log.",
    );
    Problem::new(what, to_do).because(error)
}

fn already(dir: &Path) -> Problem {
    let dir = dir.display();
    let what =
        Say::new(format!("در «{dir}» سروری هست."), format!("There is a server in {dir} already."));
    let to_do = Say::new(
        "پوشه‌ی دیگری با ‎--dir بدهید؛ این یکی دست نخورد.",
        "Name another folder with --dir; this one was left as it is.",
    );
    Problem::new(what, to_do)
}

fn no_folder(dir: &Path) -> Problem {
    let dir = dir.display();
    let what = Say::new(
        format!("در «{dir}» سروری ساخته نشده است."),
        format!("There is no server in {dir}."),
    );
    let to_do = Say::new(
        "نخست «payamgir init» را اجرا کنید، یا پوشه را با ‎--dir بدهید.",
        "Run `payamgir init` first, or name the folder with --dir.",
    );
    Problem::new(what, to_do)
}

fn no_desk(dir: &Path, config: &Config, error: NoDesk) -> Problem {
    let path = dir.join(&config.desk);
    let path = path.display();
    match error {
        NoDesk::NotFounded => {
            let what = Say::new(
                format!("نیمه‌ی عمومی تحریریه در «{path}» نیست."),
                format!("The desk's public half is not at {path}."),
            );
            let to_do = Say::new(
                "روی رایانه‌ی تحریریه «payamgir desk init» را اجرا کنید و desk.pub را این‌جا بیاورید.",
                "Run `payamgir desk init` on the desk's machine and copy desk.pub here.",
            );
            Problem::new(what, to_do)
        }
        NoDesk::Another => {
            let what = Say::new(
                format!("این لاگ از آنِ تحریریه‌ی دیگری است، نه «{path}»."),
                format!("This log belongs to another desk than {path}."),
            );
            let to_do = Say::new(
                "desk.pub درست را بیاورید، یا برای تحریریه‌ی تازه پوشه‌ی تازه‌ای بسازید.",
                "Bring the right desk.pub, or make a new folder for a new desk.",
            );
            Problem::new(what, to_do)
        }
        NoDesk::Log(error) => log_problem(dir, error),
        NoDesk::Refused(_) | NoDesk::UnusableKey => {
            let what = Say::new("تحریریه‌ی این لاگ پذیرفتنی نیست.", "This log's desk is not usable.");
            let to_do =
                Say::new("«payamgir log verify» را اجرا کنید.", "Run `payamgir log verify`.");
            Problem::new(what, to_do).because(error)
        }
    }
}

fn no_address(config: &Config, error: std::io::Error) -> Problem {
    let (a, b) = (config.listen, config.desk_listen);
    let what = Say::new(
        format!("نشانی {a} یا {b} گرفته نشد."),
        format!("The address {a} or {b} could not be taken."),
    );
    let to_do = Say::new(
        "شاید برنامه‌ی دیگری آن را دارد؛ نشانی دیگری بدهید.",
        "Another program may have it; name another address.",
    );
    Problem::new(what, to_do).because(error)
}

fn no_runtime(error: std::io::Error) -> Problem {
    let what = Say::new("سرور آغاز نشد.", "The server could not start.");
    let to_do = Say::new("محدودیت‌های سیستم را ببینید.", "Look at the system's limits.");
    Problem::new(what, to_do).because(error)
}

fn log_problem(dir: &Path, error: Error) -> Problem {
    crate::log_commands::log_problem(dir, error)
}

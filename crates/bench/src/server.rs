//! The real server, wired as `payamgir serve` wires it.

use std::path::Path;
use std::sync::Arc;

use payamgir_server::channels::Channels;
use payamgir_server::pages::{Language, Site};
use payamgir_server::settings::Limits;
use payamgir_server::world::World;
use payamgir_server::{Clock, Editions, Flood, Lanes, Receipts, Returning, Settings, Stores};

use crate::{Failure, child, fixture};

/// Serves a folder until the parent ends it.
pub fn run(folder: &Path) -> Result<(), Failure> {
    let settings = settings(folder);
    runtime(settings.limits.uploads)?.block_on(async {
        let served = fixture::open(folder).await?;
        let world = World { now: Arc::new(fixture::now), random: Arc::new(fixture::fill) };
        let bound = payamgir_server::bind(settings, &world).await?;
        let (public, private) = bound.addresses()?;
        let journal = Arc::new(|event: payamgir_server::journal::Event| tell(&event));
        child::say(public, private);
        let returning = Returning::open(folder, 30, &served.1, world.clone());
        let returning = returning.map_err(std::io::Error::other)?;
        // Nothing of the clock falls into a measurement.
        let clock = Clock { every: 1 << 40, step: 64 };
        let receipts = Receipts::open(folder, clock, world.clone());
        let receipts = receipts.map_err(std::io::Error::other)?;
        let flood = Flood::open(folder, Lanes::default(), world.clone());
        let flood = flood.map_err(std::io::Error::other)?;
        let channels = Channels::none();
        let editions = Editions::open(folder)?;
        let stores = Stores { channels, returning, receipts, flood, editions };
        bound.serve(served, stores, (world, journal), child::told_to_stop()).await;
        Ok(())
    })
}

/// The runtime of `payamgir serve`.
pub fn runtime(uploads: usize) -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(uploads + 8)
        .build()
}

/// The configuration's defaults on two free ports.
fn settings(folder: &Path) -> Settings {
    Settings {
        deposits: folder.join("recovery"),
        uploads: folder.join("uploads"),
        listen: ([127, 0, 0, 1], 0).into(),
        desk_listen: ([127, 0, 0, 1], 0).into(),
        site: Site {
            name_fa: "نشست ما".into(),
            name_en: "Our assembly".into(),
            languages: Language::all().iter().collect(),
            exit_url: "https://www.wikipedia.org/".into(),
            text_chars: 20_000,
            files: 20,
            file_bytes: 3 << 30,
            total_bytes: 6 << 30,
            ways: vec![],
            receipts: true,
            log_key: String::new(),
        },
        limits: Limits::default(),
    }
}

/// Only what should not happen is told.
fn tell(event: &payamgir_server::journal::Event) {
    use payamgir_server::journal::Event::{Started, Stopped, Stopping};
    if !matches!(event, Started | Stopping | Stopped) {
        eprintln!("server: {event}");
    }
}

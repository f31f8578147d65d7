//! The intake under a fuzzer: a form's body goes in, and nothing may panic, hang or be stored
//! that does not verify. Built only for fuzzing.

use std::sync::{Arc, OnceLock};

use axum::body::Body;
use payamgir_log::{Limits, Log, LogKey, Mode};
use payamgir_wire::armor::{Label, dearmor};
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::desk::Desk;
use crate::flood::{Flood, Lanes, Ticket};
use crate::intake::Intake;
use crate::pages::{Language, Site};
use crate::receipts::{Clock, Receipts};
use crate::returning::Returning;
use crate::settings::{self, Settings};
use crate::uploads::Uploads;
use crate::world::World;

const BOUNDARY: &str = "multipart/form-data; boundary=b";

fn world() -> &'static (Runtime, Intake) {
    static WORLD: OnceLock<(Runtime, Intake)> = OnceLock::new();
    WORLD.get_or_init(|| {
        let runtime = Runtime::new().expect("a runtime");
        let intake = runtime.block_on(intake());
        (runtime, intake)
    })
}

/// Feeds pieces through the intake: what it says it took is counted once for each.
pub fn pieces(data: &[u8]) {
    let (runtime, intake) = world();
    let tally = runtime.block_on(async {
        let Ok(mut admitted) = intake.let_in(&Ticket::default()).await else {
            panic!("a lane is full")
        };
        intake.pieces(Body::from(data.to_vec()), &mut admitted).await
    });
    assert!(tally.new + tally.known + tally.other <= data.len() as u64 / 80 + 1);
}

/// Feeds one body through the intake. The first byte chooses how it is cut into chunks.
pub fn form(data: &[u8]) {
    let (runtime, intake) = world();
    let step = data.first().map_or(1, |byte| usize::from(*byte) * 8 + 1);
    let chunks: Vec<Result<bytes::Bytes, std::io::Error>> =
        data.chunks(step).map(|chunk| Ok(bytes::Bytes::copy_from_slice(chunk))).collect();
    let body = Body::from_stream(Chunks(chunks.into_iter()));
    runtime.block_on(intake.receive(&Language::all()[0], Some(BOUNDARY), body));
}

struct Chunks(std::vec::IntoIter<Result<bytes::Bytes, std::io::Error>>);

impl futures_core::Stream for Chunks {
    type Item = Result<bytes::Bytes, std::io::Error>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.next())
    }
}

async fn intake() -> Intake {
    let folder = std::env::temp_dir().join(format!("payamgir-fuzz-{}", std::process::id()));
    let key = || LogKey::parse(&LogKey::generate("fuzz", &[1; 32]).expect("a key")).expect("a key");
    Log::create(&folder, &key()).expect("an empty folder");
    let limits = Limits { storage: 1 << 30, keep_free: 0 };
    let log = Log::open(&folder, key(), limits, Mode::Server).expect("a log");
    let site = Site {
        name_fa: String::new(),
        name_en: String::new(),
        languages: Language::all().iter().collect(),
        exit_url: "https://example.org/".into(),
        text_chars: 1000,
        files: 3,
        file_bytes: 5000,
        total_bytes: 15_000,
        ways: vec![],
        receipts: true,
        log_key: String::new(),
    };
    let settings = Settings {
        deposits: folder.join("recovery"),
        uploads: folder.join("uploads"),
        listen: ([127, 0, 0, 1], 0).into(),
        desk_listen: ([127, 0, 0, 1], 0).into(),
        site,
        limits: settings::Limits { submission_bytes: 15_000, ..settings::Limits::default() },
    };
    let founding = dearmor(Label::Desk, include_str!("../../../testdata/desk.txt"));
    let desk = Desk::open(&log, Some(&founding.expect("a block"))).await.expect("a desk");
    let world = World { now: Arc::new(|| 1), random: Arc::new(|bytes| bytes.fill(7)) };
    let returning = Returning::open(&folder, 30, &desk, world.clone()).expect("a database");
    let clock = Clock { every: 1 << 40, step: 1 };
    let receipts = Receipts::open(&folder, clock, world.clone()).expect("a database");
    let flood = Flood::open(&folder, Lanes::default(), world.clone()).expect("a database");
    let room = (1 << 20, 1 << 20);
    let uploads = Uploads::open(folder.join("uploads"), room, world.clone()).expect("a folder");
    Intake {
        desk,
        settings: Arc::new(settings),
        log,
        world,
        returning: Arc::new(returning),
        receipts: Arc::new(receipts),
        flood: Arc::new(flood),
        journal: Arc::new(|event| assert!(!event.to_string().contains("could not"), "{event}")),
        turns: Semaphore::new(4),
        adopting: Semaphore::new(1),
        uploads: Arc::new(uploads),
        waiting: Arc::default(),
        cut_off: CancellationToken::new(),
    }
}

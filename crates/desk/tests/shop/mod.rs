//! A real log in a folder, members, and desks that share it without a server in between.
#![allow(dead_code)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use payamgir_desk::client::{Random, World};
use payamgir_desk::keys::{self, Additions};
use payamgir_desk::office::{Office, Post, Said, Shows};
use payamgir_desk::open::{Keyring, Member};
use payamgir_desk::roster::{Policy, kind};
use payamgir_desk::store::{Progress, Store, Vault};
use payamgir_log::{Kind, Limits, Log, LogKey, Mode};
use payamgir_seal::{Recipient, seal_entry};
use payamgir_wire::hex::Hex;
use payamgir_wire::{Channel, Entry, Part};
use zeroize::Zeroizing;

pub const NOW: u64 = 1_763_800_000;

/// A log and the members who share it.
pub struct Shop {
    pub folder: tempfile::TempDir,
    pub log: Log,
    pub members: Vec<Arc<Member>>,
    pub random: Random,
    keyring: Zeroizing<String>,
    epoch: Recipient,
    runtime: tokio::runtime::Runtime,
    groups: AtomicU64,
    /// Words of presence left there, as a server that forgets none has them.
    words: std::sync::Mutex<Vec<Vec<u8>>>,
    /// Replies that desks handed over.
    pub handed: std::sync::Mutex<Vec<payamgir_wire::send::Send>>,
    /// Replies to codenames that desks handed over, sealed.
    pub answered: std::sync::Mutex<Vec<payamgir_wire::dropbox::Deposit>>,
    /// What is published.
    pub shelf: std::sync::Mutex<Shelf>,
}

/// What is published, as a server keeps it, whoever brings it.
#[derive(Default)]
pub struct Shelf {
    pub release: Option<Vec<u8>>,
    /// Takes no release.
    pub stubborn: bool,
    pub files: std::collections::BTreeMap<Hex<32>, Vec<u8>>,
}

/// A desk of one member.
pub struct Desk {
    pub office: Office,
    pub folder: PathBuf,
    pub clock: Arc<AtomicI64>,
    pub offline: Arc<AtomicBool>,
}

/// The way to the log, while it is open.
pub struct Line<'s> {
    pub shop: &'s Shop,
    pub offline: bool,
}

impl Shop {
    pub fn new(people: u8, policy: Policy) -> Self {
        let rolls = AtomicU64::new(1);
        let random: Random = Arc::new(move |bytes| {
            for byte in bytes {
                let roll = rolls.fetch_add(1, Ordering::Relaxed);
                *byte = (roll.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8;
            }
        });
        let member = |seed| Arc::new(Member::from_seed(&Zeroizing::new([seed; 64])));
        let members: Vec<Arc<Member>> = (1..=people).map(member).collect();
        let block = |m: &Arc<Member>| keys::block(m, &mut Keyring::default(), &random);
        let blocks: Vec<_> = members.iter().skip(1).map(block).collect();
        let mut keyring = Keyring::default();
        let day = keys::day(NOW);
        let founding = keys::found(&members[0], &mut keyring, &blocks, (policy, day), &random);
        let epoch = Recipient::from_bytes(keyring.epochs().last().unwrap().public()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let key = || LogKey::parse(&LogKey::generate("shop", &[1; 32]).unwrap()).unwrap();
        let place = folder.path().join("log");
        Log::create(&place, &key()).unwrap();
        let limits = Limits { storage: u64::MAX, keep_free: 0 };
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let log = {
            let _in = runtime.enter();
            Log::open(&place, key(), limits, Mode::Server).unwrap()
        };
        let keyring = keyring.text();
        let groups = AtomicU64::new(0);
        let (words, handed, answered) = Default::default();
        let shop = Self {
            folder,
            log,
            members,
            random,
            keyring,
            epoch,
            runtime,
            groups,
            words,
            handed,
            answered,
            shelf: Default::default(),
        };
        shop.append(kind::STATEMENT, founding.unwrap().encode());
        shop
    }

    pub fn append(&self, kind: u8, body: Vec<u8>) -> u64 {
        self.runtime.block_on(self.log.append(Kind(kind), body, vec![])).unwrap()
    }

    /// Appends many entries at once.
    pub fn append_all(&self, entries: Vec<Entry>) {
        let sealed: Vec<_> = entries
            .into_iter()
            .map(|entry| seal_entry(&self.epoch, &entry.encode().unwrap()).unwrap())
            .collect();
        self.runtime.block_on(async {
            let appends: Vec<_> = sealed
                .into_iter()
                .map(|body| {
                    let log = self.log.clone();
                    tokio::spawn(
                        async move { log.append(Kind::ENTRY, body, vec![]).await.unwrap() },
                    )
                })
                .collect();
            for append in appends {
                append.await.unwrap();
            }
        });
    }

    pub fn submit(&self, text: &str) -> u64 {
        self.submit_entry(self.entry(Part::Text(Zeroizing::new(text.to_owned()))))
    }

    pub fn submit_entry(&self, entry: Entry) -> u64 {
        let sealed = seal_entry(&self.epoch, &entry.encode().unwrap()).unwrap();
        self.append(Kind::ENTRY.0, sealed)
    }

    pub fn entry(&self, part: Part) -> Entry {
        let mut group = [7; 16];
        let count = self.groups.fetch_add(1, Ordering::Relaxed) + 1;
        group[..8].copy_from_slice(&count.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        let (group, language) = (Hex(group), "fa".to_owned());
        let (alias, revises, channel) = (None, None, Channel::Web);
        Entry {
            group,
            index: 0,
            arrived: NOW,
            channel,
            language,
            alias,
            revises,
            origin: None,
            part,
        }
    }

    pub fn seal(&self, plain: &[u8]) -> Vec<u8> {
        seal_entry(&self.epoch, plain).unwrap()
    }

    pub fn place(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    pub fn size(&self) -> u64 {
        self.log.reader().unwrap().size().unwrap()
    }

    pub fn keys(&self) -> Keyring {
        Keyring::parse(&self.keyring).unwrap()
    }

    pub fn store(&self, folder: &Path, seed: u8) -> Store {
        let vault = Vault::open(folder, Zeroizing::new([seed; 32])).unwrap();
        Store::new(vault, &self.place(), 2)
    }

    /// The desk of a member, as its folder has it. `ahead`: how wrong its clock is, in seconds.
    pub fn desk(&self, who: usize, ahead: i64) -> Desk {
        self.open_desk(who, ahead, &self.keys())
    }

    /// The same with another keyring.
    pub fn desk_with(&self, who: usize, keys: Keyring) -> Desk {
        self.open_desk(who, 0, &keys)
    }

    fn open_desk(&self, who: usize, ahead: i64, keys: &Keyring) -> Desk {
        let folder = self.folder.path().join(format!("desk-{who}"));
        let store = self.store(&folder, who as u8 + 50);
        let clock = Arc::new(AtomicI64::new(NOW as i64 + ahead));
        let now = {
            let clock = clock.clone();
            move || clock.load(Ordering::Relaxed) as u64
        };
        let world = World { now: Arc::new(now), random: self.random.clone() };
        let member = (self.members[who].clone(), Keyring::parse(&keys.text()).unwrap());
        let progress = Arc::new(Progress::default());
        let mut store = store;
        store.read(keys, self.size(), &progress).unwrap();
        let office = Office::open(store, (&self.place(), self.size()), member, world, progress);
        Desk { office: office.unwrap(), folder, clock, offline: Arc::default() }
    }

    pub fn line(&self) -> Line<'_> {
        Line { shop: self, offline: false }
    }
}

impl Post for Line<'_> {
    fn sync(&mut self, _: &mut dyn FnMut(u64, u64)) -> Result<(u64, Option<Said>), Said> {
        if self.offline { Err(offline()) } else { Ok((self.shop.size(), None)) }
    }

    fn keys(&self) -> Result<Keyring, Said> {
        Ok(self.shop.keys())
    }

    fn add(&mut self, events: &Additions) -> Result<(usize, bool), Said> {
        if self.offline {
            return Err(offline());
        }
        for (kind, body) in events {
            self.shop.append(*kind, body.clone());
        }
        Ok((events.len(), false))
    }

    fn presence(&mut self, own: Option<&[u8]>) -> Result<Vec<Vec<u8>>, Said> {
        let mut words = self.shop.words.lock().unwrap();
        words.extend(own.map(<[u8]>::to_vec));
        Ok(words.clone())
    }

    fn hand_over(&mut self, reply: &payamgir_wire::send::Send) -> Result<bool, Said> {
        self.shop.handed.lock().unwrap().push(reply.clone());
        Ok(true)
    }

    fn answer(&mut self, reply: &payamgir_wire::dropbox::Deposit) -> Result<bool, Said> {
        self.shop.answered.lock().unwrap().push(reply.clone());
        Ok(true)
    }

    fn keep(&mut self, entry: &[u8], blob: &[u8]) -> Result<u64, Said> {
        if self.offline {
            return Err(offline());
        }
        let mut writer = self.shop.log.blob().unwrap();
        std::io::Write::write_all(&mut writer, blob).unwrap();
        let pending = vec![writer.finish().unwrap()];
        let append = self.shop.log.append(Kind(kind::WORK), entry.to_vec(), pending);
        Ok(self.shop.runtime.block_on(append).unwrap())
    }

    fn published(&mut self, known: Option<&Hex<32>>) -> Result<Shows, Said> {
        Ok(match self.shop.shelf.lock().unwrap().release.clone() {
            None => Shows::Nothing,
            Some(bytes) if known == Some(&payamgir_wire::release::hash_of(&bytes)) => Shows::Same,
            Some(bytes) => Shows::Other(bytes),
        })
    }

    fn missing(&mut self, release: &[u8]) -> Result<Vec<Hex<32>>, Said> {
        let shelf = self.shop.shelf.lock().unwrap();
        let release = payamgir_wire::release::Release::decode(release).unwrap();
        let mut missing: Vec<_> = release.files().map(|file| file.hash).collect();
        missing.retain(|hash| !shelf.files.contains_key(hash));
        missing.dedup();
        Ok(missing)
    }

    fn hand_in(&mut self, files: &[u8]) -> Result<(), Said> {
        let mut shelf = self.shop.shelf.lock().unwrap();
        for file in payamgir_wire::sync::read_files(files).unwrap() {
            shelf.files.insert(payamgir_wire::release::hash_of(file), file.to_vec());
        }
        Ok(())
    }

    fn publish(&mut self, release: &[u8]) -> Result<bool, Said> {
        assert!(self.missing(release)?.is_empty(), "files come first");
        let mut shelf = self.shop.shelf.lock().unwrap();
        if !shelf.stubborn {
            shelf.release = Some(release.to_vec());
        }
        Ok(!shelf.stubborn)
    }

    fn post_text(&mut self, _: &Hex<32>) -> Result<bool, Said> {
        Ok(false)
    }

    fn log(&self) -> &Path {
        Box::leak(self.shop.place().into_boxed_path())
    }
}

fn offline() -> Said {
    let none = String::new;
    Said { fa: none(), en: none(), to_do_fa: none(), to_do_en: none(), alarm: false, stops: false }
}

//! Whatever is done, in whatever order, the log holds what a list would.

use payamgir_log::*;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::mirror;
use crate::site::*;

#[derive(Debug, Clone)]
enum Step {
    /// Append a body of this size with these blobs, some of which repeat.
    Append(u16, Vec<u8>),
    /// Many small ones at once.
    Burst(u8),
    Erase(Index),
    ToolErase(Index),
    /// A blob nobody names in the end.
    Abandon(u8),
    Reopen,
    Sync(u8),
    ReopenMirror,
}

fn any_step() -> impl Strategy<Value = Step> {
    let blobs = prop::collection::vec(0..4u8, 0..3);
    prop_oneof![
        4 => (0..20_000u16, blobs).prop_map(|(size, blobs)| Step::Append(size, blobs)),
        1 => (0..60u8).prop_map(Step::Burst),
        2 => any::<Index>().prop_map(Step::Erase),
        1 => any::<Index>().prop_map(Step::ToolErase),
        1 => (0..4u8).prop_map(Step::Abandon),
        1 => Just(Step::Reopen),
        1 => (1..60u8).prop_map(Step::Sync),
        1 => Just(Step::ReopenMirror),
    ]
}

/// A record as it should be; an erasure has no blobs and its target for a body.
struct Expected {
    body: Option<Vec<u8>>,
    blobs: Vec<u8>,
    erasure: bool,
}

struct World {
    site: Site,
    log: Option<Log>,
    desk: Site,
    mirror: Option<Mirror>,
    expected: Vec<Expected>,
    /// What the desk has, which keeps what is erased later.
    copied: Vec<Option<Vec<u8>>>,
}

impl World {
    fn new() -> Self {
        let (site, desk) = (Site::new(), Site::bare());
        let (log, mirror) = (Some(site.open()), Some(mirror::open(&desk)));
        Self { site, log, desk, mirror, expected: vec![], copied: vec![] }
    }

    fn step(&mut self, step: &Step) {
        let log = self.log.as_ref().unwrap();
        match step {
            Step::Append(size, blobs) => self.append(*size, blobs),
            Step::Burst(count) => (0..*count).for_each(|n| self.append(n.into(), &[])),
            Step::Erase(index) => self.erase(*index, false),
            Step::ToolErase(index) => self.erase(*index, true),
            Step::Abandon(blob) => drop(pending(log, &attachment(*blob))),
            Step::Reopen => {
                self.log.take().unwrap().close();
                self.log = Some(self.site.open());
            }
            Step::Sync(page) => self.sync((*page).into()),
            Step::ReopenMirror => {
                self.mirror = None;
                self.mirror = Some(mirror::open(&self.desk));
            }
        }
    }

    fn append(&mut self, size: u16, blobs: &[u8]) {
        let log = self.log.as_ref().unwrap();
        let body = noise(self.expected.len() as u64, size.into());
        let pending = blobs.iter().map(|blob| pending(log, &attachment(*blob))).collect();
        let index = append(log, &body, pending).unwrap();
        assert_eq!(index, self.expected.len() as u64);
        let (body, blobs) = (Some(body), blobs.to_vec());
        self.expected.push(Expected { body, blobs, erasure: false });
    }

    fn erase(&mut self, index: Index, by_tool: bool) {
        // One beyond the end is tried too.
        let index = index.index(self.expected.len() + 1);
        let tool = by_tool.then(|| self.site.tool());
        let log = tool.as_ref().unwrap_or(self.log.as_ref().unwrap());
        let erased = log.erase(index as u64);
        let size = self.expected.len() as u64;
        match self.expected.get_mut(index) {
            None => assert!(matches!(erased, Err(Error::NotFound))),
            Some(it) if it.erasure => assert!(matches!(erased, Err(Error::NotErasable))),
            Some(it) if it.body.is_none() => assert!(matches!(erased, Err(Error::AlreadyErased))),
            Some(it) => {
                assert_eq!(erased.unwrap(), size);
                (it.body, it.blobs) = (None, vec![]);
                let body = Some((index as u64).to_be_bytes().to_vec());
                self.expected.push(Expected { body, blobs: vec![], erasure: true });
            }
        }
    }

    fn sync(&mut self, page: u64) {
        mirror::sync(self.mirror.as_mut().unwrap(), &self.site, page).unwrap();
        let new = self.expected.iter().skip(self.copied.len());
        self.copied.extend(new.map(|expected| expected.body.clone()));
    }

    fn check(mut self) {
        self.sync(1000);
        drop((self.log.take(), self.mirror.take()));
        drop(self.site.open());
        let bodies = |site: &Site| site.rows().into_iter().map(|row| row.body);
        assert!(bodies(&self.site).eq(self.expected.iter().map(|it| it.body.clone())));
        assert!(bodies(&self.desk).eq(self.copied));
        let report = self.site.clean();
        assert_eq!(report.root, mirror::check_clean(&self.desk).root);
        let gone = |(index, it): (usize, &Expected)| it.body.is_none().then_some(index as u64);
        let erased: Vec<_> = self.expected.iter().enumerate().filter_map(gone).collect();
        assert_eq!(report.erased, erased);
        let mut blobs: Vec<u8> = self.expected.iter().flat_map(|it| it.blobs.clone()).collect();
        blobs.sort_unstable();
        blobs.dedup();
        assert_eq!((self.site.blobs(), self.site.tmp().len()), (blobs.len(), 0));
    }
}

fn attachment(blob: u8) -> Vec<u8> {
    noise(1 << 20 | u64::from(blob), 100 * usize::from(blob))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_log_is_a_list(steps in prop::collection::vec(any_step(), 1..40)) {
        let mut world = World::new();
        steps.iter().for_each(|step| world.step(step));
        world.check();
    }
}

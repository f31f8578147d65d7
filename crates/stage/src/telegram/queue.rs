//! The updates in waiting, and what became of the others.

use std::collections::VecDeque;

/// Seconds after its message's date for which an update is kept.
const KEPT: u64 = 86_400;
/// Bytes after which an answer takes no further update.
const ANSWER: usize = 4 << 20;
/// An offset further beyond the end than this is not believed.
const BEYOND: i64 = 10;
/// The first update's id.
const FIRST: i64 = 700_000_001;

/// One update in waiting.
pub(super) struct Update {
    pub id: i64,
    /// 0 where it belongs to no chat.
    pub chat: i64,
    /// Unix seconds of its message.
    pub date: u64,
    /// What is sent, in JSON.
    pub text: String,
    /// Whether any answer has contained it.
    pub served: bool,
}

/// Updates in the order of their ids.
pub(super) struct Queue {
    waiting: VecDeque<Update>,
    /// After the last id given.
    tail: i64,
    pub acknowledged: Vec<i64>,
    pub lost: Vec<i64>,
    pub filtered: Vec<i64>,
}

impl Default for Queue {
    fn default() -> Self {
        let (waiting, acknowledged, lost, filtered) = Default::default();
        Self { waiting, tail: FIRST, acknowledged, lost, filtered }
    }
}

impl Queue {
    /// A new id. Ids have gaps, as the real ones do.
    pub fn allocate(&mut self) -> i64 {
        let id = self.tail + [0, 0, 2, 0, 1][(self.tail % 5).unsigned_abs() as usize];
        self.tail = id + 1;
        id
    }

    /// Queues an update by its id. An empty queue takes a smaller id as a new beginning, which the
    /// real one makes after a week of silence.
    pub fn push(&mut self, update: Update, now: u64) {
        if update.date + KEPT <= now {
            return self.lost.push(update.id);
        }
        self.tail =
            if self.waiting.is_empty() { update.id + 1 } else { self.tail.max(update.id + 1) };
        let at = self.waiting.partition_point(|other| other.id <= update.id);
        self.waiting.insert(at, update);
    }

    /// Loses what is a day old.
    pub fn expire(&mut self, now: u64) {
        let lost = &mut self.lost;
        self.waiting.retain(|update| {
            let kept = update.date + KEPT > now;
            if !kept {
                lost.push(update.id);
            }
            kept
        });
    }

    /// Forgets what an offset says is safe; what no answer ever contained was not, and is lost.
    pub fn pass(&mut self, offset: i64) {
        if offset < 0 {
            return self.keep_last(offset.unsigned_abs() as usize);
        }
        if offset > self.tail + BEYOND {
            return;
        }
        while self.waiting.front().is_some_and(|first| first.id < offset) {
            let Some(first) = self.waiting.pop_front() else { return };
            if first.served { self.acknowledged.push(first.id) } else { self.lost.push(first.id) }
        }
    }

    fn keep_last(&mut self, count: usize) {
        while self.waiting.len() > count {
            self.lost.extend(self.waiting.pop_front().map(|first| first.id));
        }
    }

    /// Destroys all.
    pub fn drop_all(&mut self) {
        self.keep_last(0);
    }

    /// The result array of an answer.
    pub fn serve(&mut self, limit: usize) -> String {
        let mut array = String::from("[");
        for update in self.waiting.iter_mut().take(limit) {
            if array.len() > 1 {
                if array.len() + update.text.len() > ANSWER {
                    break;
                }
                array.push(',');
            }
            update.served = true;
            array.push_str(&update.text);
        }
        array + "]"
    }

    /// The first update of a chat.
    pub fn first_of(&self, chat: i64) -> Option<(i64, String)> {
        let first = self.waiting.iter().find(|update| update.chat == chat)?;
        Some((first.id, first.text.clone()))
    }

    /// A webhook took this one.
    pub fn taken(&mut self, id: i64) {
        if let Some(at) = self.waiting.iter().position(|update| update.id == id) {
            self.waiting.remove(at);
            self.acknowledged.push(id);
        }
    }

    /// The chats of what waits.
    pub fn chats(&self) -> Vec<i64> {
        self.waiting.iter().map(|update| update.chat).collect()
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }
}

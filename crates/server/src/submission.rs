//! One submission as it is being taken: what has arrived and what is wrong.

use payamgir_wire::{Group, limits};

use crate::pages::{Answerable, Arrival, FileFate, Given, Kept, Problem};

/// What has been taken so far.
pub(crate) struct Submission {
    pub group: Group,
    next: u32,
    pub text: bool,
    pub files: Vec<FileFate>,
    pub problem: Option<Problem>,
    /// Whether it can be answered.
    pub answerable: Answerable,
    /// Whether its source asked for answers.
    pub wants_answers: bool,
    /// Whether a receipt is asked for, and what it is of: records in the log.
    pub receipt: bool,
    pub records: Vec<u64>,
    /// The receipt.
    pub given: Given,
    /// What the form had in it, for the page that gives it back.
    pub kept: Kept,
}

/// How it ended.
pub(crate) enum Outcome {
    /// Something or everything arrived.
    Received(Arrival),
    /// Nothing arrived.
    Refused(Problem, Kept),
}

impl Submission {
    pub(crate) fn new(group: Group) -> Self {
        Self {
            group,
            next: 0,
            text: false,
            files: vec![],
            problem: None,
            answerable: Answerable::No,
            wants_answers: false,
            receipt: false,
            records: vec![],
            given: Given::No,
            kept: Kept::default(),
        }
    }

    /// Goes on with an earlier submission of which the source still holds the token.
    pub(crate) fn resume(&mut self, token: &[u8]) {
        let parsed = std::str::from_utf8(token).ok().and_then(|token| token.split_once('.'));
        let Some((group, next)) = parsed else { return };
        if let (Ok(group), Ok(next @ 0..limits::PARTS), 0) =
            (Group::parse(group), next.parse::<u32>(), self.next)
        {
            (self.group, self.next) = (group, next);
        }
    }

    /// The place of the next part.
    pub(crate) fn index(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    /// Notes what is wrong; the first thing wrong is the one told.
    pub(crate) fn fail(&mut self, problem: Problem) {
        self.problem.get_or_insert(problem);
    }

    /// Ends it.
    pub(crate) fn outcome(mut self) -> Outcome {
        let arrived = self.text || self.files.contains(&FileFate::Sealed);
        self.kept.continues = (self.next > 0).then(|| format!("{}.{}", self.group, self.next));
        (self.kept.receipt, self.kept.answerable) = (self.receipt, self.wants_answers);
        if !arrived {
            return Outcome::Refused(self.problem.unwrap_or(Problem::Empty), self.kept);
        }
        Outcome::Received(Arrival {
            text: self.text,
            files: self.files,
            reference: reference(&self.group),
            answerable: self.answerable,
            given: self.given,
            problem: self.problem,
            kept: self.kept,
        })
    }
}

/// Nine digits in threes, by which a source and a desk can speak of one submission.
fn reference(group: &Group) -> String {
    let digits = payamgir_wire::reference(group);
    format!("{}-{}-{}", &digits[..3], &digits[3..6], &digits[6..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use payamgir_wire::hex::Hex;

    #[test]
    fn tokens_come_back_and_others_change_nothing() {
        let mut first = Submission::new(Hex([1; 16]));
        first.index();
        first.index();
        first.text = true;
        first.fail(Problem::FileTooLarge);
        let Outcome::Received(arrival) = first.outcome() else { panic!("it arrived") };
        let token = arrival.kept.continues.unwrap();
        let mut second = Submission::new(Hex([2; 16]));
        second.resume(token.as_bytes());
        assert_eq!((second.group, second.index()), (Hex([1; 16]), 2));
        for bad in [&b""[..], b"x", b"\xff.1", b".", b"01010101010101010101010101010101.99999"] {
            let mut other = Submission::new(Hex([3; 16]));
            other.resume(bad);
            assert_eq!((other.group, other.index()), (Hex([3; 16]), 0));
        }
    }

    #[test]
    fn nothing_at_all_is_empty() {
        let outcome = Submission::new(Hex([1; 16])).outcome();
        assert!(matches!(outcome, Outcome::Refused(Problem::Empty, _)));
    }
}
